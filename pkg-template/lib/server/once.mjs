// @ts-check
// One swap for one Idempotency-Key: whoever sends the same request again, a browser on its own among them, is given the
// answer to the first.

import { doubt, refuse, Refusal } from "./answer.mjs";
import { DOUBT_MS, KEPT_MS, LOOK_MS } from "./limits.mjs";

/** @typedef {import("./answer.mjs").Answer} Answer */
/** @typedef {ReturnType<typeof import("./store.mjs").guarded>} Store */

/**
 * What a swap came to. `nothing`: its answer proves that nothing ran and asks for the same call again, as flow control
 * does. A client sends the same key then, and must not be given this answer for ever.
 * @typedef {{ answer: Answer, nothing: boolean }} Work
 */

/**
 * The request's key: visible ASCII without a comma, which is where two headers of one name are joined.
 * @param {Headers} headers
 */
export function keyOf(headers) {
  const key = headers.get("idempotency-key");
  if (key !== null && /^[!-+\--~]{1,255}$/.test(key)) return key;
  throw refuse(
    400,
    "PROXY_IDEMPOTENCY_KEY",
    key === null
      ? "a swap needs the header Idempotency-Key, random for each call"
      : "Idempotency-Key must be one text of 1 to 255 visible ASCII characters without a comma",
  );
}

/**
 * What a key belongs to, as a hash.
 * @param {string[]} parts
 */
export async function fingerprintOf(parts) {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Once {
  #store;
  #onError;
  /** Those of this process that are under way. @type {Map<string, { fingerprint: string, end: Promise<Answer> }>} */
  #running = new Map();

  /**
   * @param {Store} store
   * @param {(error: unknown) => void} onError
   */
  constructor(store, onError) {
    this.#store = store;
    this.#onError = onError;
  }

  /**
   * The answer that `work` gives, or that it gave to the first request with this key.
   * @param {string} key
   * @param {string} fingerprint
   * @param {() => Promise<Work>} work
   * @returns {Promise<Answer>}
   */
  async answer(key, fingerprint, work) {
    const first = this.#running.get(key);
    if (first) {
      if (first.fingerprint !== fingerprint) throw reused();
      return replayed(await first.end);
    }
    // Nothing is awaited between the look and the entry.
    const end = this.#begin(`key/${key}`, fingerprint, work);
    this.#running.set(key, { fingerprint, end });
    try {
      return await end;
    } finally {
      this.#running.delete(key);
    }
  }

  /**
   * A refusal as whoever sent the request may take it. That this copy of it was not sent does not tell of another: if its
   * key is known, or cannot be asked for, the outcome is.
   * @param {string} key
   * @param {unknown} error
   */
  async judged(key, error) {
    if (!(error instanceof Refusal) || error.outcome !== "not_sent" || error.code === REUSED) {
      return error;
    }
    const known =
      this.#running.has(key) ||
      (await this.#store.read(`key/${key}`).then(
        (entry) => entry !== undefined,
        () => true,
      ));
    return known ? doubt(error.status, error.code, error.message) : error;
  }

  /**
   * @param {string} name
   * @param {string} fingerprint
   * @param {() => Promise<Work>} work
   * @returns {Promise<Answer>}
   */
  async #begin(name, fingerprint, work) {
    for (const end = performance.now() + DOUBT_MS; ;) {
      if (await this.#store.claim(name, { fingerprint }, KEPT_MS)) {
        return this.#first(name, fingerprint, work);
      }
      const known = await this.#store.read(name);
      // Gone meanwhile: the first was not sent, so this one may be.
      if (known === undefined) continue;
      if (known.fingerprint !== fingerprint) throw reused();
      if (known.answer) return replayed(known.answer);
      if (performance.now() > end) {
        throw doubt(
          409,
          "PROXY_OUTCOME_UNKNOWN",
          "the first request with this key has no answer yet",
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /**
   * @param {string} name
   * @param {string} fingerprint
   * @param {() => Promise<Work>} work
   */
  async #first(name, fingerprint, work) {
    let answer;
    let nothing = false;
    try {
      ({ answer, nothing } = await work());
    } catch (error) {
      if (error instanceof Refusal && error.outcome === "not_sent") {
        await this.#quietly(() => this.#store.remove(name));
        throw error;
      }
      if (!(error instanceof Refusal)) this.#onError(error);
      const told =
        error instanceof Refusal ? error : doubt(500, "PROXY_INTERNAL", "the back end failed");
      answer = told.answer();
    }
    await this.#quietly(() =>
      nothing
        ? this.#store.remove(name)
        : this.#store.write(name, { fingerprint, answer }, KEPT_MS),
    );
    return answer;
  }

  /**
   * What was sent has an answer, whatever the store does; the store has told what failed.
   * @param {() => Promise<void>} change
   */
  async #quietly(change) {
    try {
      await change();
    } catch {
      // The entry stays as it was: a repetition is told that the outcome is not known.
    }
  }
}

/**
 * @param {Answer} answer
 * @returns {Answer}
 */
const replayed = (answer) => ({
  ...answer,
  headers: { ...answer.headers, "Idempotency-Replayed": "true" },
});

const REUSED = "PROXY_IDEMPOTENCY_KEY_REUSED";

const reused = () =>
  refuse(422, REUSED, "this Idempotency-Key belongs to another request, or to another user");
