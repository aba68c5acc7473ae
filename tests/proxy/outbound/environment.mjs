import { DcsClient } from "huaweicloud-dcs";

const dcs = new DcsClient({ region: "cn-north-4" });
const report = await dcs.switchover({ instanceId: process.argv[2] });
console.log(report.result);
