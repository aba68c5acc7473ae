import { DcsClient } from "huaweicloud-dcs";

// Without this, Bun's fetch reads HTTPS_PROXY by itself.
const proxy = process.env.MY_PROXY;
const dcs = new DcsClient({
  region: "cn-north-4",
  fetch: (request) => fetch(request, { proxy }),
});
const report = await dcs.switchover({ instanceId: process.argv[2] });
console.log(report.result);
