// @ts-check
// A back end of a test's own: the handler on a port, and requests to it as a page of its origin makes them.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createDcsHandler, toNodeListener } from "huaweicloud-dcs/server";
import * as emulator from "../../node/support/emulator.mjs";

/** @typedef {import("huaweicloud-dcs/server").DcsHandlerOptions} DcsHandlerOptions */

/** A key of a test's own, so that no test's failure locks what another uses. */
export const key = await emulator.newKey();

/** @type {DcsHandlerOptions} */
export const allowAll = {
  basePath: "/dcs",
  regions: [emulator.region],
  endpoint: emulator.url,
  projectId: emulator.projectId,
  credentials: key,
  authorize: () => ({ user: "li.lei" }),
  onError: () => {},
};

/**
 * Serves a handler until `close`.
 * @param {Partial<DcsHandlerOptions>} [options]
 */
export async function serve(options = {}) {
  const handler = createDcsHandler({ ...allowAll, ...options });
  const server = createServer(toNodeListener(handler));
  // A connection that the server ends while the client sends on it is not what is tested here.
  server.keepAliveTimeout = 120_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const origin = `http://127.0.0.1:${port}`;
  return {
    handler,
    server,
    origin,
    port,
    ask: asking((request) => fetch(request), origin),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve(null));
        server.closeAllConnections();
      }),
  };
}

/** What a page of the back end's own origin sends along. */
export const OWN = { "X-Dcs-Request": "1", "Sec-Fetch-Site": "same-origin" };

/**
 * Requests as a page makes them, to a handler or over the network.
 * @param {(request: Request) => Promise<Response>} send
 * @param {string} origin
 */
export const asking =
  (send, origin) =>
  /**
   * @param {string} methodAndPath Below `/dcs`.
   * @param {{ headers?: Record<string, string>, body?: string | ReadableStream, signal?: AbortSignal }} [init]
   * @returns {Promise<{ status: number, headers: Headers, text: string, json: any }>}
   */
  async (methodAndPath, { headers = {}, ...init } = {}) => {
    const [method = "", path = ""] = methodAndPath.split(" ");
    const response = await send(
      new Request(`${origin}/dcs${path}`, {
        method,
        headers: { ...OWN, ...headers },
        ...init,
        ...(init.body && { duplex: "half" }),
      }),
    );
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && JSON.parse(text),
    };
  };

/** @param {string} instanceId */
export const swapOf = (instanceId) => `PUT /v2/-/instances/${instanceId}/async-swap`;

export const newKey = () => ({ "Idempotency-Key": randomUUID() });

/** How often a swap of an instance reached the emulator. @param {string} instanceId */
export async function puts(instanceId) {
  return (await emulator.requestsFor(instanceId)).filter(({ method }) => method !== "GET").length;
}
