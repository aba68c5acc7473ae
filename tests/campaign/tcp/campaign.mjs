// @ts-check
// The campaign over TCP: switchovers in a runtime, each through a proxy of its own, each judged by what the proxy saw and
// the emulator did.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { entryFor } from "../../transport/entry.mjs";
import { HERE, runtimes } from "../../transport/runtimes.mjs";
import { pause, prepare, truth } from "../play.mjs";
import { judge } from "./judge.mjs";
import { planOf } from "./plan.mjs";
import { Exchanges, startTcpProxy } from "./proxy.mjs";

/** @typedef {import("./judge.mjs").Said} Said */

/**
 * @typedef {object} Verdict
 * @property {number} index
 * @property {string} result
 * @property {string} outcome
 * @property {number} copies
 * @property {number} ran
 * @property {string[]} struck
 * @property {string | undefined} why
 * @property {string[]} broken
 * @property {string} account
 */

/** How many switchovers run at once. */
const SEGMENT = 40;
/** Second copies that are on their way, and their jobs, are over by then. */
const SETTLE_MS = 900;
const PLAYER = fileURLToPath(new URL("player.mjs", import.meta.url));

/**
 * @param {import("../emulator.mjs").Emulator} emulator
 * @param {{ runtime: string | undefined, seed: number, runs: number, first: number }} order
 */
export async function* playOverTcp(emulator, { runtime, seed, runs, first }) {
  const config = await emulator.config();
  for (let start = first; start < runs; start += SEGMENT) {
    await emulator.ask("POST", "reset");
    const count = Math.min(SEGMENT, runs - start);
    const plans = Array.from({ length: count }, (_, at) => planOf(seed, start + at));
    const ready = await Promise.all(plans.map((plan) => prepare({ emulator }, plan)));
    await emulator.ask(
      "POST",
      "faults",
      ready.flatMap(({ faults }) => faults),
    );
    const exchanges = new Exchanges();
    const proxies = await Promise.all(
      plans.map(({ index, transport }) => startTcpProxy(emulator.url, index, transport, exchanges)),
    );
    const before = await emulator.state();
    const said = await play(
      runtime,
      ready.map(({ plan, key, instanceId }, at) => ({
        index: plan.index,
        instanceId,
        client: {
          endpoint: proxies[at]?.url,
          region: config.region,
          projectId: config.project_id,
          credentials: key,
          timeoutMs: plan.timeoutMs,
          retry: plan.retry,
        },
        options: {
          intervalMs: 50,
          followTimeoutMs: plan.followTimeoutMs,
          verifyTimeoutMs: plan.verifyTimeoutMs,
        },
      })),
    );
    await pause(SETTLE_MS);
    const after = await emulator.state();
    yield ready.map(({ plan, instanceId }, at) =>
      verdictOf(plan, {
        instanceId,
        said: said.get(plan.index) ?? {
          report: undefined,
          error: undefined,
          ended: false,
          endedAt: Date.now(),
        },
        log: proxies[at]?.log ?? [],
        before: truth(before, instanceId),
        after: truth(after, instanceId),
      }),
    );
    for (const proxy of proxies) proxy.close();
  }
}

/**
 * What the switchovers of a segment said, by their index.
 * @param {string | undefined} name @param {import("./player.mjs").Task[]} tasks
 * @returns {Promise<Map<number, Said>>}
 */
async function play(name, tasks) {
  const runtime = name === undefined ? HERE : (await runtimes())[/** @type {"bun"} */ (name)];
  if (!runtime) throw new Error(`no runtime is called ${name}`);
  const what = JSON.stringify({ entry: entryFor(name ?? "node"), tasks });
  const child = spawn(runtime.program, [...runtime.flags, PLAYER, what], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  /** @type {Map<number, Said>} */
  const said = new Map();
  createInterface(child.stdout).on("line", (line) => {
    const { index, ...rest } = JSON.parse(line);
    said.set(index, rest);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${runtime.name} ended with ${code}: ${errors}`);
  return said;
}

/** @param {import("./plan.mjs").Plan} plan @param {import("./judge.mjs").Case} of @returns {Verdict} */
function verdictOf(plan, of) {
  const { said, log, after } = of;
  const { broken, why } = judge(of);
  return {
    index: plan.index,
    result: said.report?.result ?? "none",
    outcome: said.report?.outcome ?? "none",
    copies: log.reduce(
      (sum, { operation, copies }) => sum + (operation === "ChangeMasterStandbyAsync" ? copies : 0),
      0,
    ),
    ran: after.counters.swaps_run,
    struck: log.flatMap(({ fault }) => fault ?? []),
    why,
    broken,
    account: accountOf(plan, of),
  };
}

/** All that is needed to understand a switchover. @param {import("./plan.mjs").Plan} plan @param {import("./judge.mjs").Case} of */
function accountOf(plan, { said, log, before, after }) {
  const start = log[0]?.at ?? said.endedAt;
  const since = (/** @type {unknown} */ time) =>
    time === undefined ? "-" : `${Number(time) - start}`;
  return [
    `plan ${JSON.stringify(plan)}`,
    `report ${JSON.stringify(said.report)}`,
    `error ${said.error?.name}: ${said.error?.message}`,
    `nodes ${JSON.stringify(before.nodes)}`,
    ...after.jobs.map(
      ({ status, begin_time, end_time }) =>
        `job ${status} from ${since(begin_time)} to ${since(end_time)} ms`,
    ),
    `ended at ${since(said.endedAt)} ms; the requests:`,
    ...log.map(
      ({ operation, at, fault, copies, askedAt, status, others }) =>
        `  ${since(at)} ms ${operation}: ${copies} passed on${fault ? `, ${fault}` : ""}, ` +
        (status
          ? `${status} of ${since(askedAt)} ms${others ? ", another's" : ""}`
          : "no whole answer"),
    ),
  ].join("\n");
}
