// @ts-check
// What a process does with a fetch that is not its platform's: the package's name is the first argument.
import { changeMasterStandbyAsync, DcsClient } from "huaweicloud-dcs";
import * as signer from "huaweicloud-dcs/signer";
import { sign, swap } from "./probe.js";

const [, , name = "", told = ""] = process.argv;
const library = await import(name);
const requestsAtImport = globalThis.watched?.requests;
const config = JSON.parse(told);
let asked = 0;
/** @type {typeof globalThis.fetch} */
const fetch = (...given) => {
  asked++;
  return (library.fetch ?? library.default)(...given);
};
const job = await swap({ changeMasterStandbyAsync, DcsClient }, config, { fetch });
const signed = await sign(signer, config);
console.log(JSON.stringify({ job, signed, requestsAtImport, requests: asked }));
