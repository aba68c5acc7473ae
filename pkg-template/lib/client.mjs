// @ts-check
// The default entry: the client, and the signer.

import * as glue from "#glue";
import { completed, completeWith } from "./dcs-client.mjs";
import { complete } from "./environment.mjs";
import { init, loadSync } from "./load.mjs";
import { completeFrom as chainFrom } from "./sign.mjs";

export * from "./sign.mjs";
export { DcsClient } from "./dcs-client.mjs";
export { init, loadFrom } from "./load.mjs";
export { sendSwapsWith } from "../../src/js/client/request.js";

/**
 * Has options completed from variables and files, and credentials from the chain. For the entry points of Node, Deno and Bun.
 * @param {Parameters<typeof complete>[1]} providers
 */
export function completeFrom(providers) {
  chainFrom(providers);
  completeWith((options) => complete(options, providers));
}

/** @param {import("../index.js").InstanceOptions} options */
export async function changeMasterStandbyAsync(options) {
  const { options: all, pending } = completed(options);
  await init();
  return glue.changeMasterStandbyAsync(pending ? await pending : all);
}

/** @returns {import("../signer.js").RegionInfo[]} */
export function regions() {
  loadSync();
  return glue.regions();
}
