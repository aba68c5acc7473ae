// @ts-check
// What a page and its workers do, after their imports: look at what those have fetched, then use the package.
import { changeMasterStandbyAsync, DcsClient } from "huaweicloud-dcs";
import { init, signRequest } from "huaweicloud-dcs/signer";
import { sign, swap } from "./probe.js";

/** What the imports fetched; read before anything is called. */
const fetchedAtImport = performance.getEntriesByType("resource").map(({ name }) => name);

/** @param {import("./probe.js").Config} config */
export async function run(config) {
  try {
    const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
    const signed = await sign({ init, signRequest }, config);
    return { job, signed, fetchedAtImport };
  } catch (error) {
    return { error: String(error), fetchedAtImport };
  }
}
