// @ts-check
// A page that can fetch nothing but its scripts: `huaweicloud-dcs/inline`.
import { fetches, fetchesAtImport } from "./watch.js";
import {
  changeMasterStandbyAsync,
  DcsClient,
  init,
  signRequest,
} from "./node_modules/huaweicloud-dcs/inline.mjs";
import { sign, swap } from "./probe.js";

const early = await fetchesAtImport();
const { page: config } = JSON.parse(decodeURIComponent(location.hash.slice(1)));

async function use() {
  const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
  const signed = await sign({ init, signRequest }, config);
  return { job, signed };
}

const result = await use().catch((error) => ({ error: String(error) }));
Object.assign(globalThis, {
  results: { page: { ...result, fetchesAtImport: early, fetches: fetches() } },
});
