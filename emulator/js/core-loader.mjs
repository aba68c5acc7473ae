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

/** @param {import("../../pkg-template/emulator.js").CloudOptions} options */
export async function startCore({ wasm, now, random, setTimeout: timer, ...options }) {
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
  return {
    cloud: await glue.startCloud(JSON.stringify(options), world),
    sleep: (/** @type {number} */ ms) =>
      /** @type {Promise<void>} */ (new Promise((resolve) => world.setTimeout(resolve, ms))),
  };
}
