// @ts-check
// A journal of a page's origin, in IndexedDB. A transaction that reads and writes has the store to itself, across all tabs and
// workers of the origin, so looking for a record and writing one is a single step: of two tabs that begin at once, one does.
// A record counts as written when the browser says that the transaction is complete, and on the disk.

import { JournalError, checkKey, decode, encode, failed, taken } from "./record.mjs";

/** @typedef {import("../../journal.js").SwitchoverRecord} SwitchoverRecord */

const STORE = "switchovers";
const NAME = "huaweicloud-dcs";
const VERSION = 1;
/** A browser that does not answer, which happens, must not hold a switchover up for good. */
const TIMEOUT_MS = 10_000;

const REASONS = new Map([
  ["SecurityError", "the browser does not let this page store anything"],
  ["QuotaExceededError", "there is no space left for this page"],
  ["NotFoundError", "it was not made by this package: give webJournal() another name"],
  ["VersionError", "it was written by a newer version of huaweicloud-dcs: update this package"],
]);

class WebJournal {
  #name;
  #timeoutMs;
  /**
   * The id of the record that this journal has to do with, for each key: the last that it read or began. `remove` ends that
   * one, and not one that another tab began since.
   * @type {Map<string, string>}
   */
  #known = new Map();

  /** @param {string} name @param {number} timeoutMs */
  constructor(name, timeoutMs) {
    this.#name = name;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @param {string} key
   * @returns {Promise<SwitchoverRecord | undefined>}
   */
  async read(key) {
    checkKey(key);
    const record = await this.#transact("readonly", "cannot be read", async (store) =>
      this.#find(store, key),
    );
    if (record) this.#known.set(key, record.id);
    else this.#known.delete(key);
    return record;
  }

  /**
   * @param {string} key
   * @param {SwitchoverRecord} record
   * @returns {Promise<void>}
   */
  async write(key, record) {
    const text = encode(key, record);
    const { id } = record;
    await this.#transact("readwrite", "cannot be written", async (store) => {
      const found = await this.#find(store, key);
      if (found && found.id !== id) {
        if (!this.#known.has(key)) this.#known.set(key, found.id);
        throw taken(found);
      }
      store.put(text, key);
    });
    this.#known.set(key, id);
  }

  /**
   * @param {string} key
   * @returns {Promise<void>}
   */
  async remove(key) {
    checkKey(key);
    await this.#transact("readwrite", "cannot be removed from", async (store) => {
      const known = this.#known.get(key);
      if (known !== undefined && (await this.#find(store, key))?.id !== known) return;
      store.delete(key);
    });
    this.#known.delete(key);
  }

  /** @param {IDBObjectStore} store @param {string} key */
  async #find(store, key) {
    const text = await resultOf(store.get(key));
    if (text === undefined) return undefined;
    return decode(key, text, `the record of ${key} in the database ${this.#name}`);
  }

  /**
   * Does something in one transaction, which is over, and on the disk, when this resolves; if it rejects, nothing was done.
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {string} what For the message, if it fails.
   * @param {(store: IDBObjectStore) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #transact(mode, what, work) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    /** @type {Promise<never>} */
    const late = new Promise((_, reject) => {
      const error = new Error(`the browser has not answered for ${this.#timeoutMs} ms`);
      timer = setTimeout(() => reject(error), this.#timeoutMs);
    });
    const opening = open(this.#name);
    /** @type {IDBTransaction | undefined} */
    let transaction;
    try {
      const database = await Promise.race([opening, late]);
      transaction = database.transaction(STORE, mode, { durability: "strict" });
      const complete = completionOf(transaction);
      const result = await Promise.race([work(transaction.objectStore(STORE)), late]);
      await Promise.race([complete, late]);
      return result;
    } catch (error) {
      undo(transaction);
      if (error instanceof JournalError) throw error;
      const why = REASONS.get(/** @type {Error | null} */ (error)?.name ?? "");
      const reason = why === undefined ? "" : ` (${why})`;
      throw failed(`the database ${this.#name} ${what}${reason}`, error);
    } finally {
      clearTimeout(timer);
      opening.then(
        (database) => database.close(),
        () => {},
      );
    }
  }
}

/**
 * The database, made if it is not there.
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
async function open(name) {
  if (typeof indexedDB === "undefined") {
    throw failed(
      "webJournal() needs IndexedDB, which is not here; outside pages use fileJournal()",
    );
  }
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await resultOf(request);
  // A newer version of this page, in another tab, must not wait for this one.
  database.onversionchange = () => database.close();
  return database;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function resultOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} transaction @returns {Promise<void>} */
function completionOf(transaction) {
  /** @type {Promise<void>} */
  const complete = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  // If the work in it fails, that is told, and not that the transaction was undone for it.
  complete.catch(() => {});
  return complete;
}

/** Undoes a transaction, so that nothing is written after it was told that nothing was. @param {IDBTransaction} [transaction] */
function undo(transaction) {
  try {
    transaction?.abort();
  } catch {
    // It is over.
  }
}

/**
 * A journal of this page's origin.
 * @param {{ name?: string }} [options]
 */
export function webJournal({ name = NAME } = {}) {
  if (typeof name !== "string" || name === "")
    throw failed("name must be a text that is not empty");
  return new WebJournal(name, TIMEOUT_MS);
}
