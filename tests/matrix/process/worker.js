// @ts-check
// A worker of Cloudflare's kind: uses the package with what it is sent.
import { changeMasterStandbyAsync, DcsClient } from "huaweicloud-dcs";
import { init, signRequest } from "huaweicloud-dcs/signer";
import { sign, swap } from "./probe.js";

export default {
  /** @param {Request} request */
  async fetch(request) {
    if (request.method === "GET") return new Response("imported");
    const config = await request.json();
    const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
    const signed = await sign({ init, signRequest }, config);
    return Response.json({ job, signed });
  },
};
