// @ts-check
// The request that a swap would send, without sending it.

import { client } from "./client.mjs";

/** @typedef {import("./main.mjs").Order} Order */

/**
 * Credentials and project id are found as for a swap; the request is made and signed, and held back.
 * @param {Order} order @param {string} instanceId
 * @returns {Promise<{ method: string, url: string }>}
 */
export async function wouldSend(order, instanceId) {
  const stop = new AbortController();
  /** @type {Request | undefined} */
  let held;
  const dcs = client(order, {
    fetch: (request) => {
      if (request.method === "GET") return globalThis.fetch(request);
      held = request;
      stop.abort(new Error("dry run"));
      return new Promise(() => {});
    },
  });
  const signal = AbortSignal.any([stop.signal, order.signal]);
  await dcs.changeMasterStandbyAsync({ instanceId, signal }).catch((error) => {
    if (!held) throw error;
  });
  if (!held) throw new Error("the swap was not reached");
  return { method: held.method, url: held.url };
}
