// @ts-check
// The wasm module of whatever it is given as, and whether it is the one that belongs to this JavaScript.

import { isA } from "../../src/js/errors.js";
import { decode } from "./text.mjs";

/** @typedef {import("../signer.js").InitInput} InitInput */

/**
 * @param {Awaited<InitInput>} given
 * @returns {Promise<BufferSource | WebAssembly.Module>}
 */
export async function compile(given) {
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

/**
 * A module of this version. Read first, for the module's own names mean nothing to the glue of another. The build writes
 * this section.
 * @param {BufferSource | WebAssembly.Module} given
 */
export function checked(given) {
  const module = compiled(given);
  const [found] = WebAssembly.Module.customSections(module, __FLAVOUR__).map(decode);
  if (found === undefined) throw foreign();
  if (found !== __VERSION__) {
    throw new Error(
      `huaweicloud-dcs: the wasm module is of version ${found}, the JavaScript of ${__VERSION__}`,
    );
  }
  return module;
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
export const foreign = (cause) =>
  new Error(`huaweicloud-dcs: the wasm module is not that of version ${__VERSION__}`, { cause });
