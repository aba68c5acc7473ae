// @ts-check
// Where answers to swaps are kept for their repetition, and which instances are held. In memory unless one is given that
// several processes share.

import { refuse } from "./answer.mjs";
import { CALLBACK_MS, KEPT } from "./limits.mjs";
import { within } from "./within.mjs";

/** @typedef {import("../../server.js").IdempotencyStore} IdempotencyStore */

/** No entry is dropped before its time: it would let a repeated request swap a second time. */
class Full extends Error {}

/**
 * A store in memory: for one process.
 * @returns {IdempotencyStore}
 */
export function memoryStore() {
  /** @type {Map<string, { value: string, until: number }>} */
  const entries = new Map();
  const now = () => performance.now();
  const sweep = () => {
    for (const [key, { until }] of entries) if (until <= now()) entries.delete(key);
  };
  /** @param {string} key */
  const read = (key) => {
    const entry = entries.get(key);
    return entry && entry.until > now() ? entry.value : undefined;
  };
  return {
    get: async (key) => read(key),
    set: async (key, value, { ttlMs, ifAbsent = false }) => {
      if (value === undefined) return entries.delete(key);
      if (ifAbsent) {
        if (read(key) !== undefined) return false;
        if (entries.size >= KEPT) sweep();
        if (entries.size >= KEPT) throw new Full("the store in memory is full");
      }
      entries.set(key, { value, until: now() + ttlMs });
      return true;
    },
  };
}

/**
 * A store, each access in its time; what fails is told, and refused.
 * @param {IdempotencyStore} store
 * @param {(error: unknown) => void} onError
 */
export function guarded(store, onError) {
  /**
   * @template T
   * @param {() => T | Promise<T>} access
   */
  const safely = async (access) => {
    try {
      return await within(CALLBACK_MS, access);
    } catch (error) {
      if (error instanceof Full) throw refuse(503, "PROXY_BUSY", error.message);
      onError(error);
      throw refuse(503, "PROXY_STORE", "the store of the back end failed");
    }
  };
  return {
    /** @param {string} key */
    read: (key) =>
      safely(async () => {
        const text = await store.get(key);
        return text === undefined || text === null ? undefined : JSON.parse(text);
      }),
    /**
     * Writes unless there is something; whether it did.
     * @param {string} key
     * @param {unknown} value
     * @param {number} ttlMs
     */
    claim: (key, value, ttlMs) =>
      safely(async () => {
        const written = await store.set(key, JSON.stringify(value), { ttlMs, ifAbsent: true });
        if (typeof written === "boolean") return written;
        throw new TypeError("idempotency.set with ifAbsent must resolve to true or false");
      }),
    /**
     * @param {string} key
     * @param {unknown} value
     * @param {number} ttlMs
     */
    write: (key, value, ttlMs) =>
      safely(async () => void (await store.set(key, JSON.stringify(value), { ttlMs }))),
    /** @param {string} key */
    remove: (key) => safely(async () => void (await store.set(key, undefined, { ttlMs: 0 }))),
  };
}
