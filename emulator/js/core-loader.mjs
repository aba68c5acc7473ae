// @ts-check
// Loads the core's module once, and starts a core with the world of this process or page.

import load, { startCloud } from "./core.js";

/** @type {Promise<unknown> | undefined} */
let loading;

/** Compiles the module once; a load that failed is tried again. @param {import("./index.d.ts").WasmSource} [wasm] */
function ready(wasm) {
  loading ??= read(wasm)
    .then((source) => load({ module_or_path: source }))
    .catch((/** @type {unknown} */ error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

/** @param {import("./index.d.ts").WasmSource} [wasm] */
async function read(wasm) {
  if (wasm !== undefined) return wasm;
  const url = new URL("./core_bg.wasm", import.meta.url);
  if (url.protocol !== "file:") return url;
  // Where fetch reads no files: Node, Deno and Bun have this module, a page never comes here.
  const { readFile } = await import("node:fs/promises");
  return readFile(url);
}

/** @param {import("./index.d.ts").CloudOptions} options */
export async function startCore({ wasm, now, random, setTimeout: timer, ...options }) {
  await ready(wasm);
  /** @type {Required<Pick<import("./index.d.ts").CloudOptions, "now" | "random" | "setTimeout">>} */
  const world = {
    now: now ?? (() => Date.now()),
    random:
      random ?? ((bytes) => crypto.getRandomValues(/** @type {Uint8Array<ArrayBuffer>} */ (bytes))),
    setTimeout: timer ?? ((callback, ms) => void setTimeout(callback, ms)),
  };
  return {
    cloud: await startCloud(JSON.stringify(options), world),
    sleep: (/** @type {number} */ ms) =>
      /** @type {Promise<void>} */ (new Promise((resolve) => world.setTimeout(resolve, ms))),
  };
}
