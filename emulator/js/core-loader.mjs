// @ts-check
// Loads the core's module once, and starts a core with the world of this process or page.

import * as glue from "#glue";
import { checked, compile, foreign } from "../../pkg-template/lib/wasm.mjs";

/** @typedef {import("../../pkg-template/signer.js").InitInput} InitInput */

/** @type {{ sync?: () => BufferSource | WebAssembly.Module, source?: () => InitInput }} */
let from = {};
/** @type {Promise<void> | undefined} */
let loading;

/**
 * Says where this environment has the module. For the entry points.
 * @param {typeof from} places
 */
export function loadFrom(places) {
  from = places;
}

/** Loads the module once; a load that failed is tried again. @param {InitInput} [wasm] */
function ready(wasm) {
  loading ??= load(wasm).catch((/** @type {unknown} */ error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** @param {InitInput} [wasm] */
async function load(wasm) {
  const given = await (wasm ?? from.sync?.() ?? from.source?.());
  const module = checked(await compile(/** @type {Awaited<InitInput>} */ (given)));
  try {
    glue.initSync({ module });
  } catch (cause) {
    throw foreign(cause);
  }
}

/** @param {string} why */
const refuse = (why) => new TypeError(`huaweicloud-dcs/emulator: ${why}`);

/**
 * The options as the core reads them. It knows no number that JSON does not know, and refuses text in its place.
 * @param {object} options
 */
const toJson = (options) =>
  JSON.stringify(options, (_, value) => (typeof value === "bigint" ? String(value) : value));

/** @param {import("../../pkg-template/emulator.js").CloudOptions} options */
export async function startCore(options) {
  if (typeof options !== "object" || options === null)
    throw refuse("the options must be an object");
  const { wasm, now, random, setTimeout: timer, ...plain } = options;
  for (const [name, given] of Object.entries({ now, random, setTimeout: timer })) {
    if (given !== undefined && typeof given !== "function")
      throw refuse(`${name} must be a function`);
  }
  await ready(wasm);
  const world = {
    now: now ?? (() => Date.now()),
    random:
      random ??
      ((/** @type {Uint8Array} */ bytes) =>
        crypto.getRandomValues(/** @type {Uint8Array<ArrayBuffer>} */ (bytes))),
    setTimeout:
      timer ??
      ((/** @type {() => void} */ callback, /** @type {number} */ ms) =>
        void setTimeout(callback, ms)),
  };
  const cloud = await glue.startCloud(toJson(plain), world).catch(({ message }) => {
    throw refuse(message);
  });
  return {
    cloud,
    sleep: (/** @type {number} */ ms) =>
      /** @type {Promise<void>} */ (new Promise((resolve) => world.setTimeout(resolve, ms))),
  };
}
