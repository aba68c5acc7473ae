// @ts-check
// What a process does, as an ES module: prints one line of JSON, and nothing else may be printed.
import { sign, swap } from "./probe.js";

const dcs = await import("huaweicloud-dcs");
const signer = await import("huaweicloud-dcs/signer");
await import("huaweicloud-dcs/asymmetric");
await import("huaweicloud-dcs/page");
await import("huaweicloud-dcs/credentials");
const requestsAtImport = globalThis.watched?.requests;

const config = JSON.parse(/** @type {string} */ (process.argv[2]));
const job = await swap(dcs, config);
const signed = await sign(signer, config);
const requests = globalThis.watched?.requests;
console.log(JSON.stringify({ job, signed, requestsAtImport, requests }));
