// @ts-check
// Loads the wasm module: once, from what the entry point names, or from what `init` is given.

import * as glue from "#glue";
import { use } from "./memory.mjs";
import { decode } from "./text.mjs";

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

/**
 * @param {Awaited<InitInput>} given
 * @returns {Promise<BufferSource | WebAssembly.Module>}
 */
async function compile(given) {
  if (
    given instanceof WebAssembly.Module ||
    given instanceof ArrayBuffer ||
    ArrayBuffer.isView(given)
  ) {
    return given;
  }
  const response = given instanceof Response ? given : await fetch(given);
  if (!response.ok) {
    throw new Error(
      `huaweicloud-dcs: ${response.url || "the wasm module"} answered HTTP ${response.status}`,
    );
  }
  // Streaming needs the right content type; where a server sends another, the bytes do.
  if (response.headers.get("content-type")?.startsWith("application/wasm")) {
    return WebAssembly.compileStreaming(response);
  }
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @param {BufferSource | WebAssembly.Module} given */
function instantiate(given) {
  let found;
  try {
    const module = given instanceof WebAssembly.Module ? given : new WebAssembly.Module(given);
    // Read first, for the module's own names mean nothing to the glue of another. The build writes this section.
    found = WebAssembly.Module.customSections(module, __FLAVOUR__).map(decode)[0];
    if (found === __VERSION__) use(glue.initSync({ module }).memory);
  } catch (cause) {
    throw foreign(cause);
  }
  if (found === undefined) throw foreign();
  if (found !== __VERSION__) {
    throw new Error(
      `huaweicloud-dcs: the wasm module is of version ${found}, the JavaScript of ${__VERSION__}`,
    );
  }
  loaded = true;
}

/** @param {unknown} [cause] */
const foreign = (cause) =>
  new Error(`huaweicloud-dcs: the wasm module is not that of version ${__VERSION__}`, { cause });
