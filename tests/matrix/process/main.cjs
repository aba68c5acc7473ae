// @ts-check
// What a process does, as CommonJS: prints one line of JSON, and nothing else may be printed.
"use strict";
const dcs = require("huaweicloud-dcs");
const signer = require("huaweicloud-dcs/signer");
require("huaweicloud-dcs/asymmetric");
require("huaweicloud-dcs/page");
require("huaweicloud-dcs/credentials");
const requestsAtImport = globalThis.watched?.requests;

async function main() {
  const { sign, swap } = await import("./probe.js");
  const config = JSON.parse(/** @type {string} */ (process.argv[2]));
  const job = await swap(dcs, config);
  const signed = await sign(signer, config);
  const requests = globalThis.watched?.requests;
  console.log(JSON.stringify({ job, signed, requestsAtImport, requests }));
}

main();
