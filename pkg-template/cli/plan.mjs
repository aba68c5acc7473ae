// @ts-check
// The check before a switchover: what is there, and what a swap would change.

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {import("./find.mjs").Target} Target */
/** @typedef {import("huaweicloud-dcs").SwitchoverPlan} SwitchoverPlan */
/** @typedef {{ target: Target, plan?: SwitchoverPlan, error?: unknown }} Checked */

/** Where the master shall be, and where it has to be now, as far as the options say. @param {Order} order */
export function goal({ options }) {
  const { toNode, toZone, awayFromZone, expectMaster } = options;
  const to =
    toNode !== undefined
      ? { nodeId: toNode }
      : toZone !== undefined
        ? { zone: toZone }
        : awayFromZone !== undefined
          ? { awayFromZone }
          : undefined;
  return { ...(to && { to }), ...(expectMaster !== undefined && { expectedMaster: expectMaster }) };
}

/**
 * Reads instance and roles; nothing is swapped.
 * @param {Order} order @param {import("huaweicloud-dcs").DcsClient} dcs @param {Target} target
 * @returns {Promise<Checked>}
 */
export async function check(order, dcs, target) {
  const { signal } = order;
  try {
    const plan = await checkSwitchover(dcs, {
      instanceId: target.instanceId,
      signal,
      ...goal(order),
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

/**
 * The check phase of a switchover, whose swap is held back.
 * @param {any} dcs @param {import("huaweicloud-dcs").SwitchoverOptions} options
 * @returns {Promise<SwitchoverPlan>}
 */
async function checkSwitchover(dcs, options) {
  if (dcs.checkSwitchover) return dcs.checkSwitchover(options);
  const stop = new AbortController();
  /** @type {any} */
  let report;
  let held = false;
  const { instanceId } = options;
  try {
    await dcs.switchover({
      ...options,
      signal: AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]),
      fetch: (/** @type {Request} */ request) => {
        if (request.method === "GET") return globalThis.fetch(request);
        held = true;
        stop.abort();
        return new Promise(() => {});
      },
      onEvent: (/** @type {any} */ event) => {
        if (event.type === "report") report = event.report;
      },
    });
  } catch (error) {
    if (!report) throw error;
  }
  const before = report.before ?? [];
  const [master] = before.filter((/** @type {any} */ { role }) => role === "master");
  const candidates = before.filter((/** @type {any} */ { role }) => role === "slave");
  const result = held ? "swap" : "not_sent";
  return { instanceId, result, reason: report.reason, before, master, candidates };
}
