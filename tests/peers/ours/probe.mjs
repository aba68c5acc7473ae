// @ts-check
// Makes one call of this package for each line of JSON it reads, and prints what came of it.
// The lines in and out are described in ../judge.py.
import { createInterface } from "node:readline";
import { DcsClient } from "huaweicloud-dcs";

/** @type {Record<string, (dcs: DcsClient, parameters: any) => Promise<unknown>>} */
const operations = {
  ChangeMasterStandbyAsync: (dcs, { instance_id: instanceId }) =>
    dcs.changeMasterStandbyAsync({ instanceId }),
  ShowJobInfo: (dcs, { job_id: jobId }) => dcs.showJobInfo({ jobId }),
  ShowInstance: (dcs, { instance_id: instanceId }) => dcs.showInstance({ instanceId }),
  ListInstances: (dcs, { instance_id: instanceId }) => dcs.listInstances({ instanceId }),
  ListGroupReplicationInfo: (dcs, { instance_id: instanceId }) =>
    dcs.listGroupReplicationInfo({ instanceId }),
};

/** @param {any} order */
async function attempt({ operation, ak, sk, project_id: projectId, parameters, retries }) {
  const dcs = new DcsClient({
    endpoint: process.env.DCS_EMULATOR_URL ?? "",
    projectId,
    credentials: { ak, sk },
    retry: retries ? { maxAttempts: retries + 1 } : false,
  });
  try {
    return { ok: true, answer: await operations[operation]?.(dcs, parameters) };
  } catch (thrown) {
    const error = /** @type {any} */ (thrown);
    return {
      ok: false,
      exception: error.name + (error.outcome ? ` (${error.outcome})` : ""),
      // What no service said but this package found out before sending has no status.
      status_code: error.httpStatusCode ?? null,
      error_code: error.error_code ?? error.code,
      error_msg: error.error_msg ?? error.message,
      request_id: error.requestId ?? null,
    };
  } finally {
    dcs.free();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await attempt(JSON.parse(line))));
}
