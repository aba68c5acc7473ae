// @ts-check
// The body of a request. No operation takes one; a client may send none, or an empty object.

import { Refusal, refuse } from "./answer.mjs";
import { BODY, BODY_MS } from "./limits.mjs";
import { Late, within } from "./within.mjs";

/**
 * Refuses what is too large by what its head says, before any of it is read.
 * @param {Request} request
 */
export function checkLength({ method, headers }) {
  const length = headers.get("content-length");
  if (length === null) return;
  if (!/^\d{1,15}$/.test(length)) throw refuse(400, "PROXY_BODY", "Content-Length is no length");
  if (Number(length) > BODY) throw tooLarge();
  if (method === "GET" && length !== "0") throw refuse(400, "PROXY_BODY", "a GET has no body");
}

/**
 * Reads a body to its limit, in its time. What comes after the limit is not read.
 * @param {Request} request
 * @returns {Promise<string>}
 */
export async function readBody({ body, bodyUsed }) {
  // One that somebody in front has read, or is reading, is none: there is nothing left to send.
  if (!body || bodyUsed || body.locked) return "";
  const reader = body.getReader();
  try {
    return await within(BODY_MS, () => readText(reader));
  } catch (error) {
    // The rest is of no use; that it ends with an error is no news.
    reader.cancel().catch(() => {});
    if (error instanceof Late)
      throw refuse(408, "PROXY_BODY_TIMEOUT", "the body did not come in time");
    if (error instanceof Refusal) throw error;
    throw refuse(400, "PROXY_BODY", "the body could not be read");
  }
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function readText(reader) {
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > BODY) throw tooLarge();
    text += decoder.decode(value, { stream: true });
  }
}

/** @param {string} text */
export function checkBody(text) {
  if (!/^\s*(?:\{\s*\})?\s*$/.test(text)) {
    throw refuse(400, "PROXY_BODY", "no operation takes a body: send none");
  }
}

const tooLarge = () => refuse(413, "PROXY_BODY_TOO_LARGE", "a body may have 65,536 bytes");
