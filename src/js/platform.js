// @ts-check
// What the boundary asks of the platform beside fetch itself: reading JavaScript's values, time, and the answer of a
// fetch. It stands in JavaScript because there it is a fraction of the size, and because what getters and proxies throw
// is caught here: an exception that passes through wasm would leave the instance in disorder.

import { invalidArgument as invalid, readable } from "./errors.js";

/**
 * What cannot cross as it is, NUL and halves of surrogate pairs, as a control character: options with one are refused.
 * @param {string} text
 */
const plain = (text) => text.replace(/[\0\ud800-\udfff]/gu, "\x7f");

/**
 * Packs a value in one string; `Json::unpack` reads it and says how it is written.
 * @param {unknown} value
 * @param {number} depth
 * @param {string[]} out
 */
function walk(value, depth, out) {
  if (typeof value === "string") out.push(`s${plain(value)}`);
  else if (typeof value === "number") out.push(Number.isSafeInteger(value) ? `i${value}` : "f");
  else if (typeof value === "boolean") out.push(value ? "t" : "u");
  else if (value == null) out.push("n");
  else if (typeof value !== "object") out.push("x");
  else if (depth === 0) throw new Error("nests too deeply");
  else if (Array.isArray(value)) {
    out.push("[");
    for (const item of value) walk(item, depth - 1, out);
    out.push("]");
  } else {
    out.push("{");
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      out.push(`:${plain(name)}`);
      walk(member, depth - 1, out);
    }
    out.push("}");
  }
}

/** The options that are not plain values, in the order in which they are handed over. */
const SPECIAL = ["credentials", "signer", "signal", "fetch", "onEvent"];

/**
 * A listener whose exceptions, and rejected promise, are its own affair: an unhandled one would end a Node process.
 * @param {(event: unknown) => any} listener
 */
const quiet = (listener) => (/** @type {unknown} */ event) => {
  try {
    listener(event)?.catch?.(() => {});
  } catch {
    // As promised.
  }
};

/**
 * Reads an options object once: the plain ones packed, then the others as they are.
 * @param {any} options
 * @returns {unknown[]}
 */
export function readOptions(options) {
  if (options == null) return ["{\0}"];
  if (typeof options !== "object") throw invalid("options", "must be an object");
  const out = ["{"];
  /** @type {any[]} */
  const special = [];
  let field = "options";
  try {
    for (const name of Object.keys(options)) {
      field = name;
      const value = options[name];
      const at = SPECIAL.indexOf(name);
      if (value === undefined || (value === null && at >= 0)) continue;
      if (at >= 0) special[at] = value;
      else {
        out.push(`:${plain(name)}`);
        walk(value, 3, out);
      }
    }
    const [, signer, signal, fetch, onEvent] = special;
    for (const [name, value] of Object.entries({ signer, fetch, onEvent })) {
      if (value !== undefined && typeof value !== "function")
        throw invalid(name, "must be a function");
    }
    if (onEvent) special[4] = quiet(onEvent);
    const listens = [signal?.addEventListener, signal?.removeEventListener];
    if (
      signal !== undefined &&
      (typeof signal.aborted !== "boolean" || listens.some((own) => typeof own !== "function"))
    )
      throw invalid("signal", "must be an AbortSignal");
  } catch (error) {
    throw readable(error, field);
  }
  return [[...out, "}"].join("\0"), ...special];
}

/** How a wait ended. */
const VALUE = 0;
const THROWN = 1;
const TIME = 2;
const ABORT = 3;

/**
 * Waits for `work` (or for nothing), no longer than `ms` and no longer than `signal` allows. Never rejects: how it
 * ended, and with what.
 * @param {unknown} work
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<[number, unknown]>}
 */
export function settle(work, ms, signal) {
  return new Promise((resolve) => {
    /**
     * @param {number} kind
     * @param {unknown} [value]
     */
    const end = (kind, value) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve([kind, value]);
    };
    const abort = () => end(ABORT, signal?.reason);
    const timer = setTimeout(end, ms, TIME);
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    if (work === undefined) return;
    Promise.resolve(work).then(
      (value) => end(VALUE, value),
      (error) => end(THROWN, error),
    );
  });
}

/**
 * Sends, and reads the answer to `most` bytes, within its time; what is over by then is cancelled.
 * @param {(request: Request) => Promise<Response>} fetch
 * @param {Request} request
 * @param {AbortController} controller
 * @param {number} most
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
export async function exchange(fetch, request, controller, most, ms, signal) {
  const secrets = ["x-auth-token", "x-security-token"].map((name) => request.headers.get(name));
  const answer = (async () => read(await fetch(request), most, controller.signal, secrets))();
  const ended = await settle(answer, ms, signal);
  if (ended[0] !== VALUE) controller.abort();
  // Node says "fetch failed" and gives the reason as the cause.
  if (ended[0] === THROWN) {
    const error = /** @type {any} */ (ended[1]);
    const reason = [error?.message, error?.cause?.message].filter(
      (text) => typeof text === "string" && text,
    );
    return [...ended, reason.join(": ") || "fetch failed"];
  }
  return ended;
}

/**
 * Status, request id, Date, Retry-After in seconds and as a date, start of the body, its value packed, and its value.
 * @param {Response} response
 * @param {number} most
 * @param {AbortSignal} stop
 * @param {(string | null)[]} secrets
 */
async function read(response, most, stop, secrets) {
  const { status, headers } = response;
  if (!(status >= 200 && status < 600)) throw new Error("fetch gave no response that can be used");
  let text = "";
  try {
    text = await readText(response, most, stop);
  } catch (error) {
    // What matters of an error is its status; of a good answer, its body.
    if (status < 400) throw error;
  }
  for (const secret of secrets) {
    // An answer that repeats a token must not bring it into an error.
    if (secret && secret.length >= 8) text = text.replaceAll(secret, "***");
  }
  let value;
  let packed;
  try {
    value = JSON.parse(text);
    /** @type {string[]} */
    const out = [];
    walk(value, 32, out);
    packed = out.join("\0");
  } catch {
    value = undefined;
  }
  const after = headers.get("retry-after")?.trim() ?? "";
  const seconds = /^\d+$/.test(after) ? Math.min(Number(after), 86400) : NaN;
  const id = headers.get("x-request-id") || undefined;
  const date = Date.parse(headers.get("date") ?? "");
  return [status, id, date, seconds, Date.parse(after), text.slice(0, 2000), packed, value];
}

/**
 * @param {Response} response
 * @param {number} most
 * @param {AbortSignal} stop
 */
async function readText({ body }, most, stop) {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = most;
  while (left > 0 && !stop.aborted) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  reader.cancel().catch(() => {});
  return text;
}

/** @type {Map<string, Promise<unknown>>} */
const found = new Map();

/**
 * The promise kept under `key`, or `promise` from now on; one that is rejected is not kept.
 * @param {string} key
 * @param {Promise<unknown>} [promise]
 */
export function remember(key, promise) {
  if (promise) {
    found.set(key, promise);
    promise.catch(() => found.delete(key));
  }
  return found.get(key);
}
