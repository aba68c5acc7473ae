// @ts-check
// The console's own files, read from the package. Only those that are there when it starts are served.

import { readFileSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** @type {Record<string, string>} */
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** Where the package has them, wherever this code was bundled to. */
const FOLDER = () =>
  fileURLToPath(new URL("console/", import.meta.resolve("huaweicloud-dcs/package.json")));

export class Files {
  /** By path below the console's own. @type {Map<string, string>} */
  #files = new Map();

  constructor(folder = FOLDER()) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      this.#files.set(relative(folder, file).split(sep).join("/"), file);
    }
    // Said at the start, not when the page stays white.
    readFileSync(this.#files.get("index.html") ?? join(folder, "index.html"));
  }

  /**
   * A file, or nothing.
   * @param {string} path
   */
  async answer(path) {
    const file = this.#files.get(path === "" ? "index.html" : path);
    if (!file) return undefined;
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    return { type, body: await readFile(file) };
  }
}
