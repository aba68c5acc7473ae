// @ts-check
// What the demo swaps: an instance of the emulator, or one of the real service.
import { parseArgs } from "node:util";
import { Emulator } from "../tests/support/emulator.mjs";
import { canAsk } from "./terminal.mjs";

/**
 * @typedef {object} Target
 * @property {string} where In words, for the first line.
 * @property {boolean} real Whether a real instance is swapped.
 * @property {boolean} yes Go on without asking.
 * @property {string} instanceId
 * @property {import("huaweicloud-dcs").ClientOptions} options
 * @property {((role: "master" | "slave") => Promise<string>) | undefined} redisAddress
 *   Where a Redis client finds the node that has this role now; with --redis only.
 */

/** @returns {Promise<Target>} */
export async function readTarget() {
  const { values } = parseArgs({
    options: {
      region: { type: "string" },
      "instance-id": { type: "string" },
      "project-id": { type: "string" },
      redis: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
    },
  });
  const { region, "instance-id": instanceId, "project-id": projectId, redis, yes } = values;
  if (region !== undefined && instanceId !== undefined) {
    return realService({ region, instanceId, projectId, yes });
  }
  if (region !== undefined || instanceId !== undefined) {
    throw new Error("--region and --instance-id belong together");
  }
  const url = process.env.DCS_EMULATOR_URL;
  if (!url) throw new Error("DCS_EMULATOR_URL is not set: start this with `cargo xtask demo`");
  return emulator(url, redis);
}

/**
 * @param {{ region: string, instanceId: string, projectId: string | undefined, yes: boolean }} given
 * @returns {Target}
 */
function realService({ region, instanceId, projectId, yes }) {
  const { env } = process;
  const ak = env.HUAWEICLOUD_SDK_AK ?? env.CLOUD_SDK_AK;
  const sk = env.HUAWEICLOUD_SDK_SK ?? env.CLOUD_SDK_SK;
  if (!ak || !sk) {
    throw new Error("set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK (or CLOUD_SDK_AK and _SK)");
  }
  if (!yes && !canAsk()) {
    throw new Error("there is no terminal to ask on; nothing was sent. Add --yes to go on unasked");
  }
  const securityToken = env.HUAWEICLOUD_SDK_SECURITY_TOKEN;
  return {
    where: `the real service in ${region}`,
    real: true,
    yes,
    instanceId,
    options: {
      region,
      credentials: { ak, sk, ...(securityToken && { securityToken }) },
      ...(projectId && { projectId }),
    },
    redisAddress: undefined,
  };
}

/**
 * @param {string} url
 * @param {boolean} redis
 * @returns {Promise<Target>}
 */
async function emulator(url, redis) {
  const admin = new Emulator(url);
  const config = await admin.config();
  const instanceId = config.instance_id;
  return {
    where: `the emulator at ${url}${redis ? ", on two real Redis servers" : ""}`,
    real: false,
    yes: true,
    instanceId,
    options: {
      endpoint: url,
      iamEndpoint: url,
      region: config.region,
      projectId: config.project_id,
      credentials: { ak: config.access_key, sk: config.secret_key },
    },
    redisAddress: !redis
      ? undefined
      : async (role) => {
          const { instances } = await admin.state();
          const node = instances[instanceId]?.nodes.find((node) => node.role === role);
          if (!node?.address) throw new Error(`no Redis node is ${role} at the moment`);
          return node.address;
        },
  };
}
