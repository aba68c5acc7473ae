// @ts-check
// How texts cross to the wasm module and back: as bytes in its memory, written and read in place.

import * as glue from "#glue";
import { invalidArgument } from "../../src/js/errors.js";
import { readFrom } from "../../src/js/body.js";
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
 * Hands a text over; gives how many bytes it has.
 * @param {string} text
 */
export function give(text) {
  // A character takes three bytes at most; a long text is measured first.
  const encoded = text.length > 4096 ? encode(text) : undefined;
  const size = encoded?.length ?? 3 * text.length;
  const space = bytes(glue.reserve(size), size);
  if (!encoded) return encodeInto(text, space).written;
  space.set(encoded);
  return size;
}

/**
 * Lends a body for a call, which reads it as far as it needs it.
 * @param {string | Uint8Array} body
 * @param {() => number} call
 */
export function lend(body, call) {
  let at = 0;
  readFrom((start, most) => {
    const space = bytes(start, most);
    if (typeof body === "string") {
      const { read, written } = encodeInto(body.slice(at), space);
      at += read;
      return written;
    }
    const piece = body.subarray(at, at + most);
    space.set(piece);
    at += piece.length;
    return piece.length;
  });
  try {
    return call();
  } finally {
    readFrom();
  }
}

/**
 * The text that a call made; throws what it refused.
 * @param {number} size
 */
export function take(size) {
  const text = decode(bytes(glue.output(), Math.abs(size)));
  if (size >= 0) return text;
  const at = text.indexOf("\0");
  throw invalidArgument(text.slice(0, at), text.slice(at + 1));
}
