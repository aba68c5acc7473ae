// @ts-check
// Swaps the nodes of an instance with this package: swap.mjs REGION PROJECT_ID INSTANCE_ID. The keys come from the chain.
import { DcsClient, ServiceResponseError } from "huaweicloud-dcs";

const [, , region = "", projectId, instanceId = ""] = process.argv;
const dcs = new DcsClient({ region, projectId });
try {
  const { job_id } = await dcs.changeMasterStandbyAsync({ instanceId });
  console.log("job_id:", job_id);
} catch (refusal) {
  if (!(refusal instanceof ServiceResponseError)) throw refusal;
  const { httpStatusCode, error_code, error_msg, requestId } = refusal;
  console.error(`HTTP ${httpStatusCode} ${error_code}: ${error_msg} (${requestId})`);
  process.exitCode = 1;
}
