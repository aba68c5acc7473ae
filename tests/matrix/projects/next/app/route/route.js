// A route handler in Node.
import { changeMasterStandbyAsync, DcsClient } from "huaweicloud-dcs";
import { init, signRequest } from "huaweicloud-dcs/signer";
import { sign, swap } from "../../probe.js";

export async function POST(request) {
  const config = await request.json();
  const job = await swap({ changeMasterStandbyAsync, DcsClient }, config);
  const signed = await sign({ init, signRequest }, config);
  return Response.json({ job, signed });
}
