// @ts-check
// What a page and its workers do, after their imports: look at what those have fetched, then use the package.
import { fetches, fetchesAtImport } from "./watch.js";
import { changeMasterStandbyAsync, DcsClient } from "huaweicloud-dcs";
import { init, signRequest } from "huaweicloud-dcs/signer";
import { sign, swap } from "./probe.js";

/** @param {import("./probe.js").Config} config */
export async function run(config) {
  const early = await fetchesAtImport();
  try {
    const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
    const signed = await sign({ init, signRequest }, config);
    return { job, signed, fetchesAtImport: early, fetches: fetches() };
  } catch (error) {
    return { error: String(error) };
  }
}
