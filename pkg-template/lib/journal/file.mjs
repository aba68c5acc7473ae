// @ts-check
// A journal in a folder, for Node, Deno and Bun. There is no lock, so a process that dies leaves none behind; each step
// that decides is one call of the file system, which happens or does not.
//
//   folder/<name of the key>/<hash of the id>-<random>.json   the record as the switchover began
//   folder/<name of the key>/<hash of the id>-<random>.next   the same record as it was last written, if it was again
//
// - To begin, a folder with the record is made and flushed under a name of its own, then renamed to that of the key. A file
//   system puts a folder in the place of another only if the other is empty: of two that begin at once, one does.
// - To end, the first file is deleted; from then on there is no record, and the rest is swept. No name is used twice,
//   so whoever deletes late never deletes what another began since.
// - To write again, the second file is renamed into place. If another has begun meanwhile, it lies beside a first file
//   that is not its own, where nobody reads it.

import { JournalError, checkKey, decode, encode, failed, taken } from "./record.mjs";
import { openSystem } from "./system.mjs";

/** @typedef {import("../../journal.js").SwitchoverRecord} SwitchoverRecord */
/** @typedef {import("./system.mjs").System} System */
/** @typedef {{ stem: string, record: SwitchoverRecord }} Found `stem` is what the names of its files have in common. */

/** How a rename says that there is a folder with something in it; the last three are how Windows does. */
const OCCUPIED = ["EEXIST", "ENOTEMPTY", "EPERM", "EACCES", "EBUSY"];
/** Each turn means that another process got on; so many in a row mean that something else is wrong. */
const TURNS = 50;
const PAUSE_MS = 10;
/** What is left of a process that died while it wrote is swept after this time. */
const LEFT_MS = 3_600_000;

const BEGUN = /^([0-9a-f]{32})-[\w-]+\.json$/;
const NEXT = /^[0-9a-f]{32}-[\w-]+\.next$/;
const UNFINISHED = /^\.[\w-]+\.new$/;

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error)?.code ?? "";

export class FileJournal {
  #system;
  #folder;
  /**
   * The record that this journal has to do with, for each key: the last that it read or began. `remove` ends that one,
   * and not one that another process began since.
   * @type {Map<string, string>}
   */
  #known = new Map();

  /** @param {System} system @param {string} folder An absolute path. */
  constructor(system, folder) {
    this.#system = system;
    this.#folder = folder;
  }

  /**
   * @param {string} key
   * @returns {Promise<SwitchoverRecord | undefined>}
   */
  async read(key) {
    checkKey(key);
    return this.#guarded("cannot be read", async () => {
      const found = await this.#find(key);
      if (found) this.#known.set(key, found.record.id);
      else this.#known.delete(key);
      return found?.record;
    });
  }

  /**
   * @param {string} key
   * @param {SwitchoverRecord} record
   * @returns {Promise<void>}
   */
  async write(key, record) {
    const text = encode(key, record);
    const { id } = record;
    await this.#guarded("cannot be written", async () => {
      await this.#system.makeFolder(this.#folder);
      await this.#sweepUnfinished();
      await this.#untilDone(async () => {
        const found = await this.#find(key);
        if (!found) return this.#begin(key, id, text);
        if (found.record.id === id) return this.#writeAgain(key, found.stem, text);
        if (!this.#known.has(key)) this.#known.set(key, found.record.id);
        throw taken(found.record);
      });
    });
    this.#known.set(key, id);
  }

  /**
   * @param {string} key
   * @returns {Promise<void>}
   */
  async remove(key) {
    checkKey(key);
    const slot = this.#slot(key);
    await this.#guarded("cannot be removed from", async () => {
      const names = await this.#system.list(slot);
      if (!names) return;
      const known = this.#known.get(key);
      const hash = known === undefined ? undefined : this.#system.hash(known);
      for (const name of names) {
        const [, hashOfIts] = BEGUN.exec(name) ?? [];
        if (hashOfIts === undefined || (hash ?? hashOfIts) !== hashOfIts) continue;
        await this.#system.delete(this.#system.join(slot, name));
      }
      await this.#sweep(slot);
      await this.#system.flushFolder(this.#folder);
    });
    this.#known.delete(key);
  }

  /**
   * The record of a key. Gone means that there is none; whatever else goes wrong does not.
   * @param {string} key
   * @returns {Promise<Found | undefined>}
   */
  async #find(key) {
    const slot = this.#slot(key);
    return this.#untilDone(async () => {
      const names = await this.#system.list(slot);
      const [name, second] = (names ?? []).filter((name) => BEGUN.test(name));
      if (!names || name === undefined) {
        const foreign = names?.find((name) => !NEXT.test(name));
        if (foreign === undefined) return { found: undefined };
        throw failed(`${slot} holds ${foreign}, which this package did not write: move it away`);
      }
      if (second !== undefined) {
        throw failed(`${slot} holds two records: delete that of the switchover that is over`);
      }
      const stem = name.slice(0, -".json".length);
      const next = `${stem}.next`;
      const path = this.#system.join(slot, names.includes(next) ? next : name);
      const text = await this.#system.read(path);
      // Ended since the folder was listed.
      if (text === undefined) return undefined;
      const record = decode(key, text, path);
      if (!stem.startsWith(this.#system.hash(record.id))) {
        throw failed(`${path} holds the record of another switchover: delete it once that is over`);
      }
      return { found: { stem, record } };
    }).then(({ found }) => found);
  }

  /**
   * Whether the record was the first; else another was, or is about to leave.
   * @param {string} key @param {string} id @param {string} text
   */
  async #begin(key, id, text) {
    const { join, hash, random } = this.#system;
    const slot = this.#slot(key);
    const name = `${hash(id)}-${random()}.json`;
    const fresh = this.#unfinished();
    try {
      await this.#system.newFolder(fresh);
      await this.#system.write(join(fresh, name), text);
      await this.#system.flushFolder(fresh);
      if (!(await this.#isPlaced(fresh, slot))) {
        await this.#system.deleteAll(fresh);
        // Where an empty folder is in the way, as it is on Windows.
        if (!(await this.#find(key))) await this.#sweep(slot);
        return undefined;
      }
    } catch (error) {
      await this.#system.deleteAll(fresh);
      throw error;
    }
    try {
      await this.#system.flushFolder(this.#folder);
    } catch (error) {
      // Nothing was sent for a record that may not last.
      await this.#system.delete(join(slot, name));
      throw error;
    }
    return true;
  }

  /** Whether a folder could be renamed to this; else something is there. @param {string} fresh @param {string} slot */
  async #isPlaced(fresh, slot) {
    return this.#system.rename(fresh, slot).then(
      () => true,
      (error) => {
        if (!OCCUPIED.includes(codeOf(error))) throw error;
        return false;
      },
    );
  }

  /**
   * Whether the record was there still.
   * @param {string} key @param {string} stem @param {string} text
   */
  async #writeAgain(key, stem, text) {
    const slot = this.#slot(key);
    const fresh = this.#unfinished();
    try {
      await this.#system.write(fresh, text);
      await this.#system.rename(fresh, this.#system.join(slot, `${stem}.next`));
    } catch (error) {
      await this.#system.deleteAll(fresh);
      // There is no folder any more: somebody else has ended the switchover.
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
    await this.#system.flushFolder(slot).catch((error) => {
      if (codeOf(error) !== "ENOENT") throw error;
    });
    return true;
  }

  /** Deletes what is left of records that are over, and the folder if nothing else is in it. @param {string} slot */
  async #sweep(slot) {
    const names = (await this.#system.list(slot)) ?? [];
    for (const name of names.filter((name) => NEXT.test(name))) {
      if (!names.includes(name.replace(".next", ".json"))) {
        await this.#system.delete(this.#system.join(slot, name));
      }
    }
    await this.#system.deleteEmpty(slot);
  }

  /** Deletes what processes left that died while they wrote. */
  async #sweepUnfinished() {
    for (const name of (await this.#system.list(this.#folder)) ?? []) {
      if (!UNFINISHED.test(name)) continue;
      const path = this.#system.join(this.#folder, name);
      if ((await this.#system.ageMs(path)) > LEFT_MS) await this.#system.deleteAll(path);
    }
  }

  /**
   * Does something again until it gives a result.
   * @template T
   * @param {() => Promise<T | undefined>} turn
   * @returns {Promise<T>}
   */
  async #untilDone(turn) {
    for (let count = 0; count < TURNS; count += 1) {
      const result = await turn();
      if (result !== undefined) return result;
      if (count > 1) await this.#system.pause(PAUSE_MS);
    }
    throw failed(`${this.#folder} is in use, or does not let a folder be renamed`);
  }

  /**
   * Does something with the folder; what goes wrong is told with its path.
   * @template T
   * @param {string} what @param {() => Promise<T>} work
   */
  async #guarded(what, work) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof JournalError) throw error;
      throw failed(`${this.#folder} ${what}`, error);
    }
  }

  /** A path that nobody else has. */
  #unfinished() {
    return this.#system.join(this.#folder, `.${this.#system.random()}.new`);
  }

  /**
   * The folder of a key. The hash makes it one of its own, whatever is in the key and whichever case the file system
   * tells apart; the end of the key, which is the instance's id, is for who looks.
   * @param {string} key
   */
  #slot(key) {
    const readable = key.replace(/[^A-Za-z0-9]+/g, "-").slice(-36);
    return this.#system.join(this.#folder, `${readable}-${this.#system.hash(key)}`.toLowerCase());
  }
}

/**
 * A journal in this folder, which is made if it is not there.
 * @param {string | URL} folder
 */
export function fileJournal(folder) {
  if (typeof process === "undefined" || typeof process.getBuiltinModule !== "function") {
    throw failed("fileJournal() is for Node, Deno and Bun; in a page use webJournal()");
  }
  const { fileURLToPath } = process.getBuiltinModule("node:url");
  const { resolve } = process.getBuiltinModule("node:path");
  const path = folder instanceof URL ? fileURLToPath(folder) : folder;
  if (typeof path !== "string" || path === "" || path.includes("\0")) {
    throw failed("the folder must be a path or a file: URL");
  }
  return new FileJournal(openSystem(), resolve(path));
}
