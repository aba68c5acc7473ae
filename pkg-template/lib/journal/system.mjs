// @ts-check
// The few things that a file journal asks of the system, each of them one step that a process can die before or after.

/** @typedef {ReturnType<typeof openSystem>} System */

/** How a file system says that it cannot flush a folder; Windows has no way to ask it. */
const NO_FLUSH = ["EINVAL", "ENOTSUP", "ENOSYS"];
const NO_FLUSH_WINDOWS = [...NO_FLUSH, "EPERM", "EACCES", "EISDIR"];

/** @param {unknown} error @param {string[]} codes */
const is = (error, ...codes) =>
  codes.includes(/** @type {NodeJS.ErrnoException} */ (error)?.code ?? "");

/** The system of Node, Deno and Bun, whose modules are asked for here so that pages can load this file. */
export function openSystem() {
  const { createHash, randomUUID } = process.getBuiltinModule("node:crypto");
  const { promises: fs } = process.getBuiltinModule("node:fs");
  const { dirname, join } = process.getBuiltinModule("node:path");
  const noFlush = process.platform === "win32" ? NO_FLUSH_WINDOWS : NO_FLUSH;

  return {
    join,
    random: () => randomUUID(),
    hash: (/** @type {string} */ text) =>
      createHash("sha256").update(text).digest("hex").slice(0, 32),
    pause: (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    makeFolder,
    flushFolder,

    /** Makes a folder that is not there, for its owner alone. @param {string} path */
    newFolder: (path) => fs.mkdir(path, 0o700),

    /** The names in a folder; nothing if there is none. @param {string} path */
    async list(path) {
      return fs.readdir(path).catch((error) => {
        if (!is(error, "ENOENT")) throw error;
      });
    },

    /** The text of a file; nothing if there is none. @param {string} path */
    async read(path) {
      return fs.readFile(path, "utf8").catch((error) => {
        if (!is(error, "ENOENT")) throw error;
      });
    },

    /** Writes a new file for its owner alone, and flushes it. @param {string} path @param {string} text */
    async write(path, text) {
      const file = await fs.open(path, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
    },

    /** @param {string} from @param {string} to */
    rename: (from, to) => fs.rename(from, to),

    /** Deletes a file, if it is there. @param {string} path */
    async delete(path) {
      await fs.unlink(path).catch((error) => {
        if (!is(error, "ENOENT")) throw error;
      });
    },

    /** Deletes a folder, if it is there and empty. @param {string} path */
    async deleteEmpty(path) {
      await fs.rmdir(path).catch((error) => {
        if (!is(error, "ENOENT", "ENOTEMPTY", "EEXIST", "EPERM", "EACCES", "EBUSY")) throw error;
      });
    },

    /** Deletes what was not finished, as far as it can. @param {string} path */
    async deleteAll(path) {
      await fs.rm(path, { recursive: true, force: true }).catch(() => {});
    },

    /** How long ago something was last changed; 0 if it is gone. @param {string} path */
    async ageMs(path) {
      return fs.stat(path).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => 0,
      );
    },
  };

  /**
   * Makes a folder for its owner alone, and those above it, unless they are there; a crash of the machine leaves them.
   * @param {string} path
   */
  async function makeFolder(path) {
    const first = await fs.mkdir(path, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = path; ; made = dirname(made)) {
      await flushFolder(dirname(made));
      if (made.length <= first.length) break;
    }
  }

  /** Makes the names in a folder last. @param {string} path */
  async function flushFolder(path) {
    let folder;
    try {
      folder = await fs.open(path, "r");
      await folder.sync();
    } catch (error) {
      if (!is(error, ...noFlush)) throw error;
    } finally {
      await folder?.close();
    }
  }
}
