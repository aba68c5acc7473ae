// @ts-check
// Base64 to bytes, as every runtime can: `Uint8Array.fromBase64` is too new to count on.

/** @param {string} text */
export function decode(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}
