// @ts-check
// The check before a switchover: what is there, and what a swap would change.

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {import("./find.mjs").Target} Target */
/** @typedef {import("huaweicloud-dcs").SwitchoverPlan} SwitchoverPlan */
/** @typedef {import("huaweicloud-dcs").SwitchoverRecord} SwitchoverRecord */
/** @typedef {{ target: Target, plan?: SwitchoverPlan, open?: SwitchoverRecord, error?: unknown }} Checked */

/**
 * Where the master shall be, and what must hold, as far as the options say.
 * @param {Order} order
 * @returns {import("huaweicloud-dcs").SwitchoverConditions}
 */
export function conditions({ options }) {
  const { toNode, toZone, awayFromZone, expectMaster, maintenanceWindow, maxReplicationGap } =
    options;
  const goals = [
    toNode !== undefined && { nodeId: toNode },
    toZone !== undefined && { zone: toZone },
    awayFromZone !== undefined && { awayFromZone },
  ];
  const to = goals.find((goal) => goal !== false);
  return {
    ...(to && { to }),
    ...(expectMaster !== undefined && { expectedMaster: expectMaster }),
    ...(maintenanceWindow && { window: "maintenance" }),
    ...(maxReplicationGap !== undefined && { maxReplicationGapBytes: maxReplicationGap }),
  };
}

/**
 * Reads instance and roles; nothing is swapped.
 * @param {Order} order @param {import("huaweicloud-dcs").DcsClient} dcs @param {Target} target
 * @returns {Promise<Checked>}
 */
export async function check(order, dcs, target) {
  const { signal } = order;
  try {
    const plan = await dcs.checkSwitchover({
      instanceId: target.instanceId,
      signal,
      ...conditions(order),
    });
    return { target, plan };
  } catch (error) {
    if (signal.aborted) throw error;
    return { target, error };
  }
}

/**
 * Does something for each, so many at once, in order.
 * @template T, R
 * @param {readonly T[]} items @param {number} concurrency
 * @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
export async function forEach(items, concurrency, work) {
  /** @type {R[]} */
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(/** @type {T} */ (items[at]));
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}
