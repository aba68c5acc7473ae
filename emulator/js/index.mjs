// @ts-check
// A cloud in this process: `fetch` without a network, answered by the emulator's core.
//
//     const cloud = await createEmulator({ instances: 3 });
//     const dcs = new DcsClient({ fetch: cloud.fetch, ...cloud.config });

import { Emulator, instanceId } from "./admin.mjs";
import { startCore } from "./core-loader.mjs";
import { abortOf, play } from "./play.mjs";

/** Where the cloud is for its callers. The name can never be resolved, so nothing can leave by mistake. */
const ORIGIN = "https://dcs.emulator.invalid";

/** @param {import("../../pkg-template/emulator.js").CloudOptions} [options] */
export async function createEmulator(options = {}) {
  const { cloud, sleep } = await startCore(options);

  /** @param {Request | string | URL} input @param {RequestInit} [init] */
  async function fetch(input, init) {
    const request = new Request(input, init);
    const { signal } = request;
    signal.throwIfAborted();
    const { origin, host, pathname, search } = new URL(request.url);
    if (origin !== ORIGIN)
      throw new TypeError("fetch failed", { cause: new Error(`${origin} is not this emulator`) });
    const headers = [...request.headers].flat();
    if (!request.headers.has("host")) headers.push("host", host);
    const body = new Uint8Array(await request.arrayBuffer());
    const asked = cloud.ask(request.method, pathname + search, headers, body);
    const gone = abortOf(signal);
    // The one who is gone is told below, unless the answer came first.
    gone.catch(() => asked.abort());
    const { answer } = asked;
    answer.catch(() => {});
    return play(await Promise.race([answer, gone]), request, sleep);
  }

  const admin = new Emulator(ORIGIN, fetch);
  const { region, project_id: projectId, access_key: ak, secret_key: sk } = await admin.config();
  const { instances = 1 } = options;
  return {
    fetch,
    admin,
    config: { endpoint: ORIGIN, iamEndpoint: ORIGIN, region, projectId, credentials: { ak, sk } },
    instanceIds: Array.from({ length: instances }, (_, n) => instanceId(n + 1)),
  };
}
