// @ts-check
// One request for one swap: some runtimes send a PUT again when a reused connection ends before the answer.

/**
 * The platform's fetch, for a swap on a connection of its own. Bun takes that as an option of fetch, not of the Request;
 * Deno as a client that keeps no connection. Node sends a request once as it is.
 * @param {Request} request
 * @returns {Promise<Response>}
 */
export function sendAlone(request) {
  const { Bun, Deno } = /** @type {any} */ (globalThis);
  if (Bun) return fetch(request, { keepalive: false });
  if (typeof Deno?.createHttpClient === "function") {
    const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    return fetch(request, /** @type {RequestInit} */ ({ client }));
  }
  return fetch(request);
}
