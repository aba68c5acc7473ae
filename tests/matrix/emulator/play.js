// @ts-check
// What every runtime must be able to do with the emulator: a switchover whose answer is lost, without a network.

/**
 * @param {typeof import("huaweicloud-dcs/emulator")} emulator
 * @param {Pick<typeof import("huaweicloud-dcs"), "DcsClient">} api
 */
export async function play({ createEmulator }, { DcsClient }) {
  const cloud = await createEmulator({ instances: 3, jobMs: 20 });
  const dcs = new DcsClient({ fetch: cloud.fetch, ...cloud.config });
  try {
    const [instanceId = ""] = cloud.instanceIds;
    await cloud.admin.arm({ operation: "ChangeMasterStandbyAsync" }, { kind: "drop_after" });
    const { result, verified } = await dcs.switchover({ instanceId, intervalMs: 50 });
    const { instance_num: instances } = await dcs.listInstances();
    return { result, verified, instances, swapsRun: await cloud.admin.swapsRun() };
  } finally {
    dcs.free();
  }
}
