import { DcsClient } from "huaweicloud-dcs";
import { EnvHttpProxyAgent } from "undici";

// Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY, in either case.
const dispatcher = new EnvHttpProxyAgent();
const dcs = new DcsClient({
  region: "cn-north-4",
  fetch: (request) => fetch(request, { dispatcher }),
});
const report = await dcs.switchover({ instanceId: process.argv[2] });
console.log(report.result);
