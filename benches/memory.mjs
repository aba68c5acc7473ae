// @ts-check
// One process that holds idle clients: prints the bytes that each costs. Run with --expose-gc and the contender's name.
import { KEY, PROJECT } from "./key.mjs";

const CLIENTS = 2000;
const endpoint = "https://dcs.cn-north-4.myhuaweicloud.com";

/** @type {Record<string, () => Promise<() => unknown>>} */
const contenders = {
  async ours() {
    const { DcsClient } = await import("huaweicloud-dcs");
    return () => new DcsClient({ region: "cn-north-4", projectId: PROJECT, credentials: KEY });
  },
  async core() {
    const name = "@huaweicloud/huaweicloud-sdk-core";
    const { BasicCredentials } = await import(name);
    const { ClientBuilder } = await import(`${name}/ClientBuilder.js`);
    return () =>
      new ClientBuilder((/** @type {unknown} */ client) => client)
        .withCredential(new BasicCredentials().withAk(KEY.ak).withSk(KEY.sk).withProjectId(PROJECT))
        .withEndpoint(endpoint)
        .build();
  },
};

const make = await contenders[process.argv[2] ?? ""]?.();
if (!make || !globalThis.gc) throw new Error("run with --expose-gc and a contender's name");
const held = [make()];

function resident() {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

const before = resident();
for (let number = 0; number < CLIENTS; number += 1) held.push(make());
const after = resident();
console.log(
  JSON.stringify({ process: before, client: (after - before) / CLIENTS, held: held.length }),
);
