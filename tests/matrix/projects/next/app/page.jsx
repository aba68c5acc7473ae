// A server component that uses the package, around a client component that does.
import { changeMasterStandbyAsync, DcsClient } from "huaweicloud-dcs";
import { init, signRequest } from "huaweicloud-dcs/signer";
import { sign, swap } from "../probe.js";
import { Client } from "./client.jsx";

export default async function Page({ searchParams }) {
  const { server, page } = JSON.parse((await searchParams).configs);
  const job = await swap({ changeMasterStandbyAsync, DcsClient }, server);
  const signed = await sign({ init, signRequest }, server);
  return (
    <>
      <output id="server">{JSON.stringify({ job, signed })}</output>
      <Client config={page} />
    </>
  );
}
