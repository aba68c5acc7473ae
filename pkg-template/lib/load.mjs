// @ts-check
// Loads the wasm module: once, from what the entry point names, or from what `init` is given.

import * as glue from "#glue";
import { isA } from "../../src/js/errors.js";
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
  if (isModule(given) || isA(given, "ArrayBuffer") || ArrayBuffer.isView(given))
    return /** @type {BufferSource} */ (given);
  const response = /** @type {Response} */ (
    isA(given, "Response") ? given : await fetch(/** @type {any} */ (given))
  );
  if (!response.ok) {
    throw new Error(
      `huaweicloud-dcs: ${response.url || "the wasm module"} answered HTTP ${response.status}`,
    );
  }
  // Streaming needs the right content type; where a server sends another, the bytes do.
  const streams = response.headers.get("content-type")?.startsWith("application/wasm");
  try {
    if (streams) return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    throw refusedToCompile(cause);
  }
}

/**
 * @param {unknown} value
 * @returns {value is WebAssembly.Module}
 */
const isModule = (value) => isA(value, "WebAssembly.Module");

/** @param {BufferSource | WebAssembly.Module} given */
function instantiate(given) {
  const module = compiled(given);
  // Read first, for the module's own names mean nothing to the glue of another. The build writes this section.
  const [found] = WebAssembly.Module.customSections(module, __FLAVOUR__).map(decode);
  if (found === undefined) throw foreign();
  if (found !== __VERSION__) {
    throw new Error(
      `huaweicloud-dcs: the wasm module is of version ${found}, the JavaScript of ${__VERSION__}`,
    );
  }
  try {
    glue.initSync({ module });
    use(glue.linearMemory());
  } catch (cause) {
    throw foreign(cause);
  }
  loaded = true;
}

/**
 * The module of its bytes. What refuses it (a Content-Security-Policy, a runtime without WebAssembly, bytes that are no
 * module) is told as it is.
 * @param {BufferSource | WebAssembly.Module} given
 */
function compiled(given) {
  if (isModule(given)) return given;
  try {
    return new WebAssembly.Module(given);
  } catch (cause) {
    throw isWasm(given) ? refusedToCompile(cause) : foreign(cause);
  }
}

/**
 * Whether bytes begin as a wasm module does.
 * @param {BufferSource} given
 */
function isWasm(given) {
  const bytes = ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
  return decode(bytes.subarray(0, 4)) === "\0asm";
}

/** @param {any} cause */
function refusedToCompile(cause) {
  const said = String(cause?.message ?? cause);
  // Chromium gives no reason where the policy of a page forbids it to the content script of an extension.
  const why = said.endsWith(": ") ? `${said}does the policy lack 'wasm-unsafe-eval'?` : said;
  return new Error(`huaweicloud-dcs: the wasm module cannot be compiled: ${why}`, { cause });
}

/** @param {unknown} [cause] */
const foreign = (cause) =>
  new Error(`huaweicloud-dcs: the wasm module is not that of version ${__VERSION__}`, { cause });
