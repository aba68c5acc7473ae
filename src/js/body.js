// @ts-check
// The body of a request that is being signed crosses in pieces, as the wasm module asks for them: a large one takes no
// memory there.

/**
 * Writes the next bytes of the body into the module's memory: where, and how many at most. Gives how many; none at the end.
 * @typedef {(at: number, most: number) => number} BodySource
 */

/** @type {BodySource | undefined} */
let source;

/**
 * Says where the bytes come from, for one call.
 * @param {BodySource} [from]
 */
export function readFrom(from) {
  source = from;
}

/** @type {BodySource} */
export const readBody = (at, most) => source?.(at, most) ?? 0;
