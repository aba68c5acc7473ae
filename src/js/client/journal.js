// @ts-check
// The journal of a switchover: an object of the caller's. Whatever it throws, and when, becomes a rejected promise here.

import { pack } from "./values.js";

/**
 * @typedef {object} Journal
 * @property {(key: string) => unknown} read
 * @property {(key: string, record: unknown) => unknown} write
 * @property {(key: string) => unknown} remove
 */

/** Levels that a record may have. */
const DEPTH = 6;

/**
 * The record under a key, packed; empty when there is none.
 * @param {Journal} journal
 * @param {string} key
 */
export async function readRecord(journal, key) {
  const record = await journal.read(key);
  return record == null ? "" : pack(record, DEPTH);
}

/**
 * Writes a record. When another one is found in its place, gives that one, packed; empty when it is written.
 * @param {Journal} journal
 * @param {string} key
 * @param {unknown} record
 */
export async function writeRecord(journal, key, record) {
  try {
    await journal.write(key, record);
    return "";
  } catch (error) {
    const found = /** @type {{ record?: unknown } | undefined} */ (error)?.record;
    if (found == null) throw error;
    return pack(found, DEPTH);
  }
}

/**
 * @param {Journal} journal
 * @param {string} key
 */
export async function removeRecord(journal, key) {
  await journal.remove(key);
}
