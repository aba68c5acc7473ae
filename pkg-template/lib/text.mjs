// @ts-check
// Texts as UTF-8. Coder and decoder are made at their first use.

/** @type {TextEncoder | undefined} */
let encoder;
/** @type {TextDecoder | undefined} */
let decoder;

const coder = () => (encoder ??= new TextEncoder());

/** @param {string} text */
export const encode = (text) => coder().encode(text);

/**
 * Gives how many characters were read, and how many bytes written.
 * @param {string} text
 * @param {Uint8Array} space
 * @returns {{ read: number, written: number }}
 */
export const encodeInto = (text, space) => coder().encodeInto(text, space);

/** @param {AllowSharedBufferSource} bytes */
export const decode = (bytes) =>
  (decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);
