import { DcsClient } from "huaweicloud-dcs";

// Without this, Deno's fetch reads HTTPS_PROXY by itself.
const client = Deno.createHttpClient({ proxy: { url: Deno.env.get("MY_PROXY") } });
const dcs = new DcsClient({
  region: "cn-north-4",
  fetch: (request) => fetch(request, { client }),
});
const report = await dcs.switchover({ instanceId: Deno.args[0] });
console.log(report.result);
client.close();
