// @ts-check
// What every runtime must be able to do with the package: swap and follow the job, and sign a request that the
// emulator then accepts. Given the package's exports, so that each case imports them in its own way.

/**
 * @typedef {object} Config
 * @property {string} url Of the emulator.
 * @property {string} region
 * @property {string} projectId
 * @property {{ ak: string, sk: string }} credentials
 * @property {string} instanceId Of this case alone.
 */

/**
 * @param {Pick<typeof import("huaweicloud-dcs"), "changeMasterStandbyAsync" | "DcsClient">} api
 * @param {Config} config
 * @param {{ fetch?: typeof fetch }} [more] Further options.
 * @returns {Promise<string>} The last state of the job.
 */
export async function swap(
  { changeMasterStandbyAsync, DcsClient },
  { url, region, projectId, credentials, instanceId },
  more = {},
) {
  const options = { region, endpoint: url, iamEndpoint: url, projectId, credentials, ...more };
  const { job_id: jobId } = await changeMasterStandbyAsync({ ...options, instanceId });
  const dcs = new DcsClient(options);
  let status = "no job";
  try {
    for await (const job of dcs.followJob(jobId, { intervalMs: 50 })) status = job.status;
  } finally {
    dcs.free();
  }
  return status;
}

/**
 * @param {Pick<typeof import("huaweicloud-dcs/signer"), "init" | "signRequest">} api
 * @param {Config} config
 * @returns {Promise<number>} The status that the emulator, which checks the signature, answered with.
 */
export async function sign({ init, signRequest }, { url, projectId, credentials }) {
  await init();
  const target = `${url}/v2/${projectId}/instances?limit=1`;
  const { headers } = signRequest({ method: "GET", url: target, credentials });
  const response = await fetch(target, { headers });
  return response.status;
}
