// @ts-check
// Reading what `fetch` gave, to a limit.

import { pack } from "./values.js";

/**
 * What `response.rs` reads.
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} [requestId]
 * @property {number} [dateMs] `Date`, in milliseconds since 1970.
 * @property {number} [retryAfterSeconds]
 * @property {number} [retryAfterMs] `Retry-After` where it is a date.
 * @property {string} text The start of the body.
 * @property {string} [packed] The body's value, if it is JSON: what the core reads of it.
 * @property {unknown} value The same for the caller.
 */

/** Bytes of an answer that are read; what follows is cut off. */
const MAX_BYTES = 1 << 20;
/** Characters of the body that an error may need: of an error answer, and of one that cannot be used. */
const MAX_TEXT = 2000;
const MAX_TEXT_OF_GOOD = 400;
/** Levels of an answer. No answer of the service nests so far, and recursion must end. */
const DEPTH = 33;

/**
 * @param {any} fetched What `fetch` gave, or its promise.
 * @param {AbortSignal} stop Ends the reading.
 * @param {string[]} secrets Tokens that were sent.
 * @param {string} members Names of the members that the core reads of a good answer.
 * @returns {Promise<Answer>}
 */
export async function readAnswer(fetched, stop, secrets, members) {
  const response = await fetched;
  const { status } = response;
  if (!(status >= 200 && status < 600)) throw new Error("fetch gave no response that can be used");
  const header = (/** @type {string} */ name) => response.headers?.get?.(name) ?? "";
  let text = "";
  try {
    text = await readText(response, stop);
  } catch (error) {
    // What matters of an error is its status; of a good answer, its body.
    if (status < 400) throw error;
  }
  const mask = maskOf(secrets);
  text = mask(text);
  const after = header("retry-after").trim();
  const seconds = /^\d+$/.test(after) ? Math.min(Number(after), 86400) : undefined;
  const requestId = mask(header("x-request-id")) || undefined;
  // Services word their errors in many ways: all of an error answer is read.
  const isGood = status < 400;
  const only = isGood ? members.split(" ") : undefined;
  return {
    status,
    requestId,
    dateMs: timeOf(header("date")),
    retryAfterSeconds: seconds,
    retryAfterMs: seconds === undefined ? timeOf(after) : undefined,
    text: text.slice(0, isGood ? MAX_TEXT_OF_GOOD : MAX_TEXT),
    ...valueOf(text, status, requestId, only, mask),
  };
}

/**
 * An answer that repeats a token must not bring it into an error, in whichever form it is written.
 * @param {string[]} secrets
 */
const maskOf = (secrets) => {
  const forms = secrets
    .filter((secret) => secret.length >= 8)
    .flatMap((secret) => [secret, encodeURIComponent(secret)]);
  return (/** @type {string} */ text) =>
    forms.reduce((masked, form) => masked.replaceAll(form, "***"), text);
};

/** @param {string} date */
const timeOf = (date) => Date.parse(date) || undefined;

/**
 * The value of a body, packed and for the caller, who finds the status and the id of the request in it, hidden.
 * @param {string} text
 * @param {number} status
 * @param {string | undefined} requestId
 * @param {string[] | undefined} only The names of the members that are packed; without it all are.
 * @param {(text: string) => string} mask
 */
function valueOf(text, status, requestId, only, mask) {
  /** @type {any} */
  let value = {};
  let packed;
  try {
    // Of an error each string is masked once more: JSON may write a character in several ways.
    value = only
      ? JSON.parse(text)
      : JSON.parse(text, (_, each) => (typeof each === "string" ? mask(each) : each));
    packed = pack(value, DEPTH, only);
  } catch {
    // It is no JSON, or nests too deeply: the core says so where that matters.
  }
  if (Object.isExtensible(value)) {
    for (const [name, hidden] of Object.entries({ httpStatusCode: status, requestId }))
      Object.defineProperty(value, name, { value: hidden });
  }
  return { packed, value };
}

/**
 * Reads the body as far as the limit. Where it is no stream of the web's, as in node-fetch, it is read by what it has.
 * @param {any} response
 * @param {AbortSignal} stop
 */
async function readText(response, stop) {
  const { body } = response;
  if (body === null || (body === undefined && !hasReaders(response))) return "";
  const read = new Pieces(MAX_BYTES);
  const add = (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => read.add(bytes) && !stop.aborted;
  if (typeof body?.getReader === "function") {
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (!add(value)) {
        reader.cancel().catch(() => {});
        break;
      }
    }
  } else if (typeof body?.[Symbol.asyncIterator] === "function") {
    for await (const bytes of body) {
      // Leaving the loop lets go of the rest.
      if (!add(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes)) break;
    }
  } else if (typeof response.arrayBuffer === "function") {
    add(new Uint8Array(await response.arrayBuffer()));
  } else if (typeof response.text === "function") {
    return String(await response.text()).slice(0, MAX_BYTES);
  }
  return new TextDecoder().decode(read.bytes());
}

/** Bytes that come in pieces, to a limit. However small the pieces are, they take no more than twice their bytes. */
export class Pieces {
  #limit;
  #all = new Uint8Array();
  #length = 0;

  /** @param {number} limit Bytes; what follows is cut off. */
  constructor(limit) {
    this.#limit = limit;
  }

  /** @param {Uint8Array<ArrayBuffer>} piece @returns {boolean} Whether there is room for more. */
  add(piece) {
    const part = piece.subarray(0, this.#limit - this.#length);
    const wanted = this.#length + part.length;
    // Most come in one piece, which is not copied, and is decoded faster than piece by piece.
    if (this.#length === 0) this.#all = part;
    else {
      if (wanted > this.#all.length) {
        const larger = new Uint8Array(Math.max(wanted, 2 * this.#length));
        larger.set(this.#all);
        this.#all = larger;
      }
      this.#all.set(part, this.#length);
    }
    this.#length = wanted;
    return wanted < this.#limit;
  }

  bytes() {
    return this.#all.subarray(0, this.#length);
  }
}

/** @param {any} response */
const hasReaders = ({ arrayBuffer, text }) =>
  typeof arrayBuffer === "function" || typeof text === "function";
