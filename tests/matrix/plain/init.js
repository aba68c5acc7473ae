// @ts-check
// A page without a bundler that says itself where the module is: `huaweicloud-dcs/init`.
import { fetches, fetchesAtImport } from "./watch.js";
import {
  changeMasterStandbyAsync,
  DcsClient,
  init,
  regions,
} from "./node_modules/huaweicloud-dcs/init.mjs";
import { init as initSigner, signRequest } from "./node_modules/huaweicloud-dcs/signer.mjs";
import { sign, swap } from "./probe.js";

const early = await fetchesAtImport();
const { page: config } = JSON.parse(decodeURIComponent(location.hash.slice(1)));

async function use() {
  let refusal = "";
  try {
    regions();
  } catch (error) {
    refusal = String(error);
  }
  await init("./node_modules/huaweicloud-dcs/lib/client.wasm");
  const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
  const signed = await sign({ init: initSigner, signRequest }, config);
  return { job, signed, refusal, regions: regions().length };
}

const result = await use().catch((error) => ({ error: String(error) }));
Object.assign(globalThis, {
  results: { page: { ...result, fetchesAtImport: early, fetches: fetches() } },
});
