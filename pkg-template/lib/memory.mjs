// @ts-check
// How texts cross to the wasm module and back: as bytes in its memory, written and read in place.

import * as glue from "#glue";
import { invalidArgument } from "../../src/js/errors.js";
import { decode, encode, encodeInto } from "./text.mjs";

/** @type {WebAssembly.Memory} */
let memory;
/** All of the memory; empty when it has grown since. */
let all = new Uint8Array();

/** @param {WebAssembly.Memory} of */
export function use(of) {
  memory = of;
  all = new Uint8Array();
}

/**
 * The memory from `at` on.
 * @param {number} at
 * @param {number} size
 */
function bytes(at, size) {
  if (!all.length) all = new Uint8Array(memory.buffer);
  return all.subarray(at, at + size);
}

/**
 * Hands a body and a text over; gives how many bytes both have.
 * @param {string} text
 * @param {Uint8Array} [body]
 */
export function give(text, body) {
  const before = body?.length ?? 0;
  // A character takes three bytes at most; a long text is measured first.
  const encoded = text.length > 4096 ? encode(text) : undefined;
  const size = encoded?.length ?? 3 * text.length;
  const space = bytes(glue.reserve(before + size), before + size);
  if (body) space.set(body);
  if (!encoded) return before + encodeInto(text, space.subarray(before));
  space.set(encoded, before);
  return before + size;
}

/**
 * The text that a call made; throws what it refused.
 * @param {number} size
 */
export function take(size) {
  const text = decode(bytes(glue.made(), Math.abs(size)));
  if (size >= 0) return text;
  const at = text.indexOf("\0");
  throw invalidArgument(text.slice(0, at), text.slice(at + 1));
}
