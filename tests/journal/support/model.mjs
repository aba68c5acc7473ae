// @ts-check
// A file system in memory whose steps happen when a schedule says so, and which forgets a process at any of them.

/** @typedef {import("../../../pkg-template/lib/journal/system.mjs").System} System */
/** @typedef {Map<string, Entry>} Folder */
/** @typedef {string | Folder} Entry */

/** @param {string} code */
const problem = (code) => Object.assign(new Error(code), { code });

/** What all processes share. */
export class Disk {
  /** @type {Folder} */
  root = new Map();

  /** @param {string} path @returns {[Folder, string]} The folder that a path is in, and its name there. */
  #place(path) {
    const parts = path.split("/").filter(Boolean);
    const name = parts.pop() ?? "";
    let folder = this.root;
    for (const part of parts) {
      const next = folder.get(part);
      if (next === undefined) throw problem("ENOENT");
      if (typeof next === "string") throw problem("ENOTDIR");
      folder = next;
    }
    return [folder, name];
  }

  /** @param {string} path */
  get(path) {
    const [folder, name] = this.#place(path);
    return folder.get(name);
  }

  /** @param {string} path @param {Entry} entry */
  set(path, entry) {
    const [folder, name] = this.#place(path);
    folder.set(name, entry);
  }

  /** @param {string} path */
  delete(path) {
    const [folder, name] = this.#place(path);
    folder.delete(name);
  }

  /** As POSIX has it: over a file, or a folder in the place of an empty one. @param {string} from @param {string} to */
  rename(from, to) {
    const moved = this.get(from);
    if (moved === undefined) throw problem("ENOENT");
    const there = this.get(to);
    if (moved instanceof Map && typeof there === "string") throw problem("ENOTDIR");
    if (there instanceof Map && typeof moved === "string") throw problem("EISDIR");
    if (there instanceof Map && there.size > 0) throw problem("ENOTEMPTY");
    this.set(to, moved);
    this.delete(from);
  }
}

/**
 * The system as one process sees it: each call waits for its turn.
 * @param {Disk} disk
 * @param {() => Promise<void>} turn
 * @param {string} process Makes its random names.
 * @param {{ emptyFolderInTheWay?: boolean }} [how] As on Windows, where a folder cannot be renamed to that of an empty one.
 * @returns {System}
 */
export function systemOf(disk, turn, process, { emptyFolderInTheWay = false } = {}) {
  let names = 0;
  /**
   * @template T
   * @param {() => T} step
   */
  const step = async (step) => {
    await turn();
    return step();
  };
  const there = (/** @type {string} */ path) => {
    try {
      return disk.get(path);
    } catch {
      return undefined;
    }
  };
  return {
    join: (...parts) => parts.join("/"),
    random: () => `${process}-${(names += 1)}---`,
    // Long enough to be taken for one, and one for each text.
    hash: (text) =>
      Array.from(text, (letter) => letter.charCodeAt(0).toString(16))
        .join("")
        .padStart(32, "0")
        .slice(-32),
    pause: () => step(() => undefined),
    makeFolder: (path) =>
      step(() => {
        if (!there(path)) disk.set(path, new Map());
      }),
    newFolder: (path) =>
      step(() => {
        if (there(path)) throw problem("EEXIST");
        disk.set(path, new Map());
        return undefined;
      }),
    list: (path) =>
      step(() => {
        const folder = there(path);
        return folder instanceof Map ? [...folder.keys()] : undefined;
      }),
    read: (path) =>
      step(() => {
        const file = there(path);
        return typeof file === "string" ? file : undefined;
      }),
    // Two steps: a process may die with half of a file written.
    write: async (path, text) => {
      await step(() => disk.set(path, text.slice(0, text.length / 2)));
      await step(() => disk.set(path, text));
    },
    rename: (from, to) =>
      step(() => {
        const target = there(to);
        if (emptyFolderInTheWay && target instanceof Map) throw problem("EPERM");
        disk.rename(from, to);
      }),
    delete: (path) =>
      step(() => {
        if (there(path) !== undefined) disk.delete(path);
      }),
    deleteEmpty: (path) =>
      step(() => {
        const folder = there(path);
        if (folder instanceof Map && folder.size === 0) disk.delete(path);
      }),
    deleteAll: (path) =>
      step(() => {
        if (there(path) !== undefined) disk.delete(path);
      }),
    flushFolder: (path) =>
      step(() => {
        if (!there(path)) throw problem("ENOENT");
      }),
    ageMs: () => step(() => 0),
  };
}
