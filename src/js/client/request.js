// @ts-check
// What a request is given beside its method and its headers.

import { pack } from "./values.js";

/**
 * What must not happen to a signed request: a signature follows no redirect, and no cookie goes along to the service.
 * @type {RequestInit}
 */
const PROTECTION = {
  redirect: "error",
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
};

/**
 * Workers of the edge kind know neither `redirect: "error"` nor the other options. What `manual` gives there, a 3xx, is
 * refused as an answer.
 * @type {RequestInit}
 */
const EDGE_PROTECTION = { redirect: "manual" };

/** @type {RequestInit | undefined} */
let known;

/** The options of `fetch` that this platform knows for it. */
export const protection = () => (known ??= isUnderstood() ? PROTECTION : EDGE_PROTECTION);

function isUnderstood() {
  if (typeof Request !== "function") return true;
  try {
    return new Request("http://localhost/", PROTECTION).redirect === "error";
  } catch {
    return false;
  }
}

/**
 * What makes the platform send a swap once, and what is to be done after it.
 * @typedef {object} SwapInit
 * @property {object} init Further options of its `fetch`.
 * @property {() => void} [close] To be called when its answer was read.
 */

/** @type {(() => SwapInit) | undefined} */
let swapInit;

/**
 * What is to be done after the request that a signal cancels.
 * @type {WeakMap<AbortSignal, () => void>}
 */
const closers = new WeakMap();

/**
 * Says what a swap is sent with. For the entry points of Bun and Deno, whose `fetch` would send it again when a
 * connection that it had kept is closed before the answer.
 * @param {() => SwapInit} make
 */
export function sendSwapsWith(make) {
  swapInit = make;
}

/**
 * Whether the platform may send a swap a second time by itself, as browsers do when a connection that they had kept is closed
 * before the answer, or brings a 408. Node does not; Bun and Deno are kept from it.
 */
export function mayRepeat() {
  if (swapInit) return false;
  const { process } = /** @type {{ process?: { type?: string, versions?: { node?: string } } }} */ (
    globalThis
  );
  // A window of Electron has Node's `process`, and the `fetch` of Chromium.
  return !process?.versions?.node || process.type === "renderer";
}

/**
 * @param {AbortSignal} signal
 * @param {boolean} isSwap
 * @param {boolean} toOwnOrigin To a back end or proxy of the page's own: with its cookies, if it is of the page's origin.
 * @returns {RequestInit}
 */
export function requestInit(signal, isSwap, toOwnOrigin) {
  /** @type {RequestInit} */
  const common = { signal, ...protection() };
  if (toOwnOrigin && common.credentials) common.credentials = "same-origin";
  if (!isSwap || !swapInit) return common;
  const { init, close } = swapInit();
  if (close) closers.set(signal, close);
  return { ...common, ...init };
}

/**
 * Does what is to be done after a request of a swap.
 * @param {AbortSignal} signal
 */
export function requestEnded(signal) {
  closers.get(signal)?.();
  closers.delete(signal);
}

/**
 * The absolute form of a URL; a path is of this page.
 * @param {string} url
 */
export const absoluteUrl = (url) => new URL(url, globalThis.location?.href).href;

/**
 * What a `fetch` of the caller's own is called with before the options: a Request, whose text is its URL. So a `fetch`
 * that does not know this platform's Request (undici's, node-fetch) takes it for a URL, and finds the rest in the options.
 * @param {string} url
 * @param {RequestInit} init
 */
export function requestArgument(url, init) {
  if (typeof Request !== "function") return url;
  const request = new Request(url, init);
  return Object.defineProperty(request, "toString", { value: () => url });
}

/** Whether this platform has a `fetch`. */
export const hasFetch = () => typeof globalThis.fetch === "function";

/**
 * Asks a signer for the headers of a request; packed. What cannot be read is nothing.
 * @param {(request: unknown) => unknown} signer
 * @param {unknown} request
 */
export async function askSigner(signer, request) {
  const headers = await signer(request);
  try {
    return pack(headers, 2);
  } catch {
    return "";
  }
}
