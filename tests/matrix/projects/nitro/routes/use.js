// @ts-check
// One route uses both entries; each is left outside the server's bundle, and its files are collected beside it.
import * as dcs from "huaweicloud-dcs";
import * as signer from "huaweicloud-dcs/signer";
import "huaweicloud-dcs/asymmetric";
import "huaweicloud-dcs/credentials";
import { defineEventHandler, readBody } from "h3";
import { sign, swap } from "../probe.js";

export default defineEventHandler(async (event) => {
  const config = await readBody(event);
  return { job: await swap(dcs, config), signed: await sign(signer, config) };
});
