// @ts-check
// Switchovers of one pair of real Redis nodes, one after the other, under a writer that remembers what was acknowledged.
// The roles are asked of Redis itself. Started by `cargo xtask campaign --redis`.
import { parseArgs } from "node:util";
import { DcsClient } from "huaweicloud-dcs";
import { redis } from "../../demo/redis.mjs";
import { Emulator } from "./emulator.mjs";

const { values } = parseArgs({ options: { runs: { type: "string", default: "100" } } });
const runs = Number(values.runs);
const url = process.env.DCS_EMULATOR_URL;
if (!url) throw new Error("DCS_EMULATOR_URL is not set: start this with `cargo xtask campaign`");

const emulator = new Emulator(url);
const config = await emulator.config();
/** @type {string} */
const instanceId = config.instance_id;
const { nodes } = (await emulator.state()).instances[instanceId] ?? { nodes: [] };
const addresses = nodes.map(({ address }) => address ?? "");
if (addresses.length !== 2 || addresses.includes("")) {
  throw new Error("this emulator has no Redis nodes: start it with --redis");
}

/** What the writer writes in the second between two acknowledgements of a standby is less; what one that copies all lacks, more. */
const MAX_GAP_BYTES = 1 << 20;

/** Until the new standby has caught up; a switchover before that is refused by the guard. @param {number} run */
async function caughtUp(run) {
  for (let turn = 0; turn < 200; turn++) {
    const plan = await dcs.checkSwitchover({ instanceId, maxReplicationGapBytes: MAX_GAP_BYTES });
    if (plan.result === "swap") return;
    if (!/behind its master/.test(plan.reason))
      throw new Error(`switchover ${run}: ${plan.reason}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`switchover ${run}: the standby does not catch up`);
}

/** The role that a node itself tells. @param {string} address */
async function roleOf(address) {
  const info = (await redis(address, "INFO", "replication")) ?? "";
  return /^role:(\w+)/m.exec(info)?.[1] ?? "unknown";
}

/** The one node that says it is master. */
async function master() {
  const roles = await Promise.all(addresses.map(roleOf));
  const masters = addresses.filter((_, at) => roles[at] === "master");
  if (masters.length !== 1) throw new Error(`the nodes say they are ${roles.join(" and ")}`);
  return /** @type {string} */ (masters[0]);
}

/**
 * Writes one key after the other to whichever node takes it, as a client with reconnection does, and keeps those that
 * were acknowledged.
 */
class Writer {
  /** @type {string[]} */
  acknowledged = [];
  refused = 0;
  #stopped = false;
  #running = this.#run();

  async #run() {
    let at = 0;
    for (let number = 0; !this.#stopped; number += 1) {
      const key = `campaign:${number}`;
      try {
        await redis(addresses[at % 2] ?? "", "SET", key, String(number));
        this.acknowledged.push(key);
      } catch {
        // The other node is master by now, or nobody is for a moment.
        this.refused += 1;
        at += 1;
      }
    }
  }

  stop() {
    this.#stopped = true;
    return this.#running;
  }
}

const dcs = new DcsClient({
  endpoint: url,
  cesEndpoint: url,
  region: config.region,
  projectId: config.project_id,
  credentials: { ak: config.access_key, sk: config.secret_key },
});
console.log(`${runs} switchovers in a row of two Redis nodes, ${addresses.join(" and ")}`);
await redis(await master(), "FLUSHALL");
const writer = new Writer();
const start = performance.now();
const problems = [];
const durations = [];
let before = await master();
for (let run = 1; run <= runs; run += 1) {
  await caughtUp(run);
  const { result, verified, durationMs } = await dcs
    .switchover({ instanceId, intervalMs: 50, maxReplicationGapBytes: MAX_GAP_BYTES })
    .catch((error) => ({ result: String(error), verified: false, durationMs: NaN }));
  durations.push(durationMs);
  const after = await master();
  if (result !== "swapped" || !verified) problems.push(`switchover ${run}: ${result}`);
  if (after === before)
    problems.push(`switchover ${run}: Redis says that ${after} is master still`);
  before = after;
}
await writer.stop();
dcs.free();

const { counters } = (await emulator.state()).instances[instanceId] ?? {};
if (counters?.swaps_run !== runs) problems.push(`the emulator ran ${counters?.swaps_run} swaps`);
if (writer.acknowledged.length < runs) problems.push("the writer wrote next to nothing");
const now = await master();
let lost = 0;
for (const key of writer.acknowledged) lost += Number((await redis(now, "GET", key)) === null);

durations.sort((a, b) => a - b);
const seconds = (performance.now() - start) / 1000;
const median = durations[Math.floor(durations.length / 2)] ?? NaN;
console.log(`${seconds.toFixed(0)} s; a switchover takes ${median.toFixed(0)} ms (median)`);
console.log(
  `${writer.acknowledged.length} writes were acknowledged, ${writer.refused} refused; ` +
    `of the acknowledged ones ${lost} ${lost === 1 ? "is" : "are"} lost`,
);
for (const problem of problems) console.log(problem);
const wrong = Math.min(runs, problems.length);
console.log(`${runs - wrong} passed, ${wrong} failed`);
process.exitCode = problems.length > 0 ? 1 : 0;
