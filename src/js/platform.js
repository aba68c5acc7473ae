// @ts-check
// What the boundary asks of the platform beside the request itself: reading JavaScript's values, time, and the answer of
// a fetch. It stands in JavaScript because there it is a fraction of the size, and because what getters and proxies throw
// is caught here: an exception that passes through wasm would leave the instance in disorder.

import { provided } from "./credentials.js";
import { invalidArgument as invalid, makeError, readable, withOutcome } from "./errors.js";

/**
 * What one call has of JavaScript's own; the wasm module only hands it on.
 * @typedef {object} Room
 * @property {string} plain The plain options, packed, without their end.
 * @property {string} kind How the caller is proved: credentials, provider, signer or none of them.
 * @property {any} [source] The provider or signer.
 * @property {AbortSignal} [signal]
 * @property {(request: Request) => Promise<Response>} [fetch]
 * @property {(event: any) => void} [onEvent]
 * @property {AbortController} [stop] Cancels the request under way.
 * @property {[(value: any) => void, (value: any) => void]} [ends] Resolve or reject what the caller was given.
 * @property {Promise<string>} [promise] What is waited for.
 * @property {any} [value] What the last answer held, or what was kept.
 * @property {any} [job] The job of a switchover.
 * @property {any} [thrown] What was thrown last.
 */

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

/** The options that are not plain values. */
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
 * Reads an options object once, over that of `base`: how the caller is proved and the plain options, the room, and
 * credentials that are no function. Never throws: what is refused stands in the room.
 * @param {any} options
 * @param {Room} [base]
 * @returns {[string, Room, unknown?]}
 */
export function readOptions(options, base) {
  /** @type {any} */
  const room = { __proto__: null, plain: "{", kind: "n", ...base };
  try {
    const credentials = readOver(room, options);
    return [`${room.kind}${room.plain}\0}`, room, credentials];
  } catch (error) {
    room.thrown = error;
    return ["e", room];
  }
}

/**
 * @param {any} room
 * @param {any} options
 */
function readOver(room, options) {
  if (options == null) return;
  if (typeof options !== "object") throw invalid("options", "must be an object");
  const out = [room.plain];
  /** @type {any} */
  const own = { __proto__: null };
  let field = "options";
  try {
    for (const name of Object.keys(options)) {
      field = name;
      const value = options[name];
      const special = SPECIAL.includes(name);
      if (value === undefined || (value === null && special)) continue;
      if (special) own[name] = value;
      else {
        if (name === "via" && /^\/(?!\/)/.test(value) && !globalThis.location)
          throw invalid("via", "must be an absolute URL where there is no page");
        out.push(`:${plain(name)}`);
        walk(value, 3, out);
      }
    }
    for (const name of ["signer", "fetch", "onEvent"]) {
      if (own[name] !== undefined && typeof own[name] !== "function")
        throw invalid(name, "must be a function");
    }
    const { signal, onEvent } = own;
    if (onEvent) own.onEvent = quiet(onEvent);
    if (
      signal !== undefined &&
      (typeof signal.aborted !== "boolean" ||
        typeof signal.addEventListener !== "function" ||
        typeof signal.removeEventListener !== "function")
    )
      throw invalid("signal", "must be an AbortSignal");
  } catch (error) {
    throw readable(error, field);
  }
  const { credentials, signer, ...others } = own;
  Object.assign(room, others, { plain: out.join("\0") });
  if (signer) {
    if (credentials !== undefined)
      throw invalid("signer", "and credentials are given; one of them signs");
    room.kind = "s";
    room.source = signer;
  } else if (credentials !== undefined) {
    room.kind = typeof credentials === "function" ? "p" : "h";
    room.source = credentials;
  }
  return credentials;
}

/**
 * What is done in a wait, by the number of `Act`; a text, packed where it is more than one.
 * @type {((room: Room, value: any) => Promise<unknown>)[]}
 */
const ACTS = [
  () => new Promise(() => {}),
  async (room, make) => {
    room.value = await provided(room.source, make);
    return "";
  },
  async ({ source }, request) => packed(await source(request)),
  async (_, project) => project,
  async (room, request) => {
    const { fetch = globalThis.fetch, stop } = room;
    const secrets = ["x-auth-token", "x-security-token"].map((name) => request.headers.get(name));
    return read(room, await fetch(request), /** @type {any} */ (stop).signal, secrets);
  },
];

const SEND = 4;

/**
 * Does it, no longer than `ms` and no longer than the signal allows; a request that is over by then is cancelled. How it
 * ended (value, thrown, late, aborted) is the first letter of the text to which the promise resolves that the room is left
 * with; what was thrown stands in the room too.
 * @param {Room} room
 * @param {number} what
 * @param {number} ms
 * @param {unknown} value
 */
export function act(room, what, ms, value) {
  const { signal } = room;
  room.promise = new Promise((resolve) => {
    let over = false;
    /**
     * What is cancelled then rejects too: only the first end counts.
     * @param {string} came
     * @param {any[]} thrown
     */
    const end = (came, ...thrown) => {
      if (over) return;
      over = true;
      if (thrown.length > 0) [room.thrown] = thrown;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (what === SEND && came[0] !== "v") room.stop?.abort();
      resolve(came);
    };
    const abort = () => end("a", signal?.reason);
    const timer = setTimeout(end, ms, "l");
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);
    /** @type {any} */ (ACTS[what])(room, value).then(
      (/** @type {unknown} */ text) => end(`v${text}`),
      (/** @type {any} */ error) => {
        // Node says "fetch failed" and gives the reason as the cause.
        const reason = [error?.message, error?.cause?.message].filter(
          (text) => typeof text === "string" && text,
        );
        end(`t${reason.join(": ") || "fetch failed"}`, error);
      },
    );
  });
}

/**
 * Whether a request may leave; see `ready` in platform.rs.
 * @param {Room} room
 */
export function ready(room) {
  if (room.signal?.aborted) {
    room.thrown = room.signal.reason;
    return 1;
  }
  return typeof (room.fetch ?? globalThis.fetch) === "function" ? 0 : 2;
}

/**
 * What must not happen to a signed request: a signature follows no redirect.
 * @type {RequestInit}
 */
export const guarded = {
  redirect: "error",
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
};

/**
 * The options of a request, with what cancels it and what must not happen to it. Workers of the edge kind know neither
 * `redirect: "error"` nor the other options; what `manual` gives there, a 3xx, is refused by the core.
 * @param {Room} room
 * @param {RequestInit} init
 * @param {boolean} strict
 * @returns {RequestInit}
 */
export function guard(room, init, strict) {
  const { signal } = (room.stop = new AbortController());
  return { ...init, signal, ...(strict ? guarded : { redirect: "manual" }) };
}

/**
 * @param {Room} room
 * @returns {Promise<unknown>}
 */
export const promise = (room) =>
  new Promise((resolve, reject) => {
    room.ends = [resolve, reject];
  });

/**
 * @param {Room} room
 * @param {boolean} failed
 * @param {unknown} value
 */
export const finish = (room, failed, value) => room.ends?.[failed ? 1 : 0](value);

/** @param {Room} room */
export const waiting = (room) => room.promise;

/**
 * @param {Room} room
 * @param {boolean} thrown
 * @param {unknown} value
 */
export function keep(room, thrown, value) {
  room[thrown ? "thrown" : "value"] = value;
}

/**
 * Tells the listener. The job and the report are values of JavaScript: they are put in here, and kept.
 * @param {Room} room
 * @param {any} event
 */
export function tell(room, event) {
  if (event.type === "job") room.job = event.job = room.value;
  if (event.report) {
    room.value = event.report;
    if (room.job !== undefined) event.report.job = room.job;
  }
  room.onEvent?.(event);
}

/**
 * The error of a call; `how` is that of error.rs.
 * @param {Room} room
 * @param {number} how
 * @param {string} name
 * @param {string} message
 * @param {any} fields
 */
export function fail({ thrown, value }, how, name, message, fields) {
  if (how === 3) return thrown;
  if (how === 2) return withOutcome(thrown, fields.outcome);
  for (const own of ["report", "job"]) if (own in fields) fields[own] = value;
  if (how) fields.cause = thrown;
  return makeError(name, message, fields);
}

/** @param {Room} room */
export const value = (room) => room.value;

/**
 * A room of its own for a look-up that others may wait for.
 * @param {Room} room
 * @returns {Room}
 */
export const alone = (room) => ({ ...room, signal: undefined });

/**
 * Packs a value; nothing when it nests too deeply, or a getter or proxy threw.
 * @param {unknown} value
 */
function packed(value) {
  /** @type {string[]} */
  const out = [];
  try {
    walk(value, 33, out);
    return out.join("\0");
  } catch {
    return "";
  }
}

/** Bytes of an answer that are read; what follows is cut off. */
const MOST = 1 << 20;

/**
 * Reads the answer: packed, status, request id, Date, Retry-After in seconds and as a date, start of the body, and its
 * value where it is JSON, which the room keeps.
 * @param {Room} room
 * @param {Response} response
 * @param {AbortSignal} stop
 * @param {(string | null)[]} secrets
 */
async function read(room, response, stop, secrets) {
  const { status, headers } = response;
  if (!(status >= 200 && status < 600)) throw new Error("fetch gave no response that can be used");
  let text = "";
  try {
    text = await readText(response, stop);
  } catch (error) {
    // What matters of an error is its status; of a good answer, its body.
    if (status < 400) throw error;
  }
  for (const secret of secrets) {
    // An answer that repeats a token must not bring it into an error.
    if (secret && secret.length >= 8) text = text.replaceAll(secret, "***");
  }
  const after = headers.get("retry-after")?.trim() ?? "";
  const seconds = /^\d+$/.test(after) ? Math.min(Number(after), 86400) : NaN;
  const id = headers.get("x-request-id") || undefined;
  const date = Date.parse(headers.get("date") ?? "");
  const known = [status, id, date, seconds, Date.parse(after), text.slice(0, 2000)];
  /** @type {unknown[]} */
  let whole = known;
  try {
    room.value = JSON.parse(text);
    whole = [...known, room.value];
  } catch {
    room.value = {};
  }
  for (const [name, value] of Object.entries({ httpStatusCode: status, requestId: id })) {
    if (Object.isExtensible(room.value)) Object.defineProperty(room.value, name, { value });
  }
  return packed(whole) || packed(known);
}

/**
 * @param {Response} response
 * @param {AbortSignal} stop
 */
async function readText({ body }, stop) {
  if (!body) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = MOST;
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

// The body of a request that is being signed crosses in pieces, as the wasm module asks for them: a large one takes no memory
// there. In this file, since wasm-bindgen's test server hangs now and then when a page loads one more.

/** @type {((at: number, most: number) => number) | undefined} */
let source;

/**
 * Says where the bytes come from, for one call.
 * @param {typeof source} [from] Writes the next ones into the module's memory: where, and how many at most. Gives how many;
 *   none at the end.
 */
export function readFrom(from) {
  source = from;
}

/**
 * @param {number} at
 * @param {number} most
 */
export const readBody = (at, most) => source?.(at, most) ?? 0;
