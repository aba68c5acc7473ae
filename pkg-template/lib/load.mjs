// @ts-check
// Loads the wasm module: once, from what the entry point names, or from what `init` is given.

import * as glue from "#glue";
import { use } from "./memory.mjs";
import { checked, compile, foreign } from "./wasm.mjs";

/** @typedef {import("../signer.js").InitInput} InitInput */

/** @type {{ sync?: () => BufferSource | WebAssembly.Module, source?: () => InitInput }} */
let from = {};
let loaded = false;
/** @type {Promise<void> | undefined} */
let loading;

/**
 * Says where this environment has the module. For the entry points.
 * @param {typeof from} places
 */
export function loadFrom(places) {
  from = places;
}

/** Whether the module is there. */
export const isLoaded = () => loaded;

/** Loads it now, where that can be done without waiting. */
export function loadSync() {
  if (loaded) return;
  if (!from.sync) {
    throw new Error("huaweicloud-dcs is not loaded yet: `await init()` before a synchronous call");
  }
  instantiate(from.sync());
}

/**
 * Loads the module. Idempotent; a load that failed is forgotten, so that the next call tries again.
 * @param {InitInput} [source]
 * @returns {Promise<void>}
 */
export function init(source) {
  if (loaded) return Promise.resolve();
  if (source === undefined && from.sync) return Promise.resolve().then(loadSync);
  loading ??= load(source).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** @param {InitInput} [source] */
async function load(source) {
  const given = await (source ?? from.source?.());
  if (given === undefined) {
    throw new Error(
      "huaweicloud-dcs: this entry point needs `await init(source)`: a URL, a Response, bytes or a WebAssembly.Module",
    );
  }
  const module = await compile(given);
  if (!loaded) instantiate(module);
}

/** @param {BufferSource | WebAssembly.Module} given */
function instantiate(given) {
  const module = checked(given);
  try {
    glue.initSync({ module });
    use(glue.linearMemory());
  } catch (cause) {
    throw foreign(cause);
  }
  loaded = true;
}
