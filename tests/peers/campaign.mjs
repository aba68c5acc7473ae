// @ts-check
// The same seeded faults on this package and on the official Python SDK with its retries on: how many swaps ran for a
// call, and how often what the caller was told was false.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DcsClient } from "huaweicloud-dcs";
import { Emulator } from "../campaign/emulator.mjs";
import { SEGMENT, clockOf, planOf } from "../campaign/plan.mjs";
import { SETTLE_MS, pause, playAll, prepare, truth } from "../campaign/play.mjs";

const SDK = fileURLToPath(new URL("../campaign/sdk.py", import.meta.url));

/**
 * The SDK reads an answer without a bound: one without an end would take the machine's memory.
 * @param {import("../campaign/plan.mjs").Plan} plan
 */
const bearable = (plan) => ({
  ...plan,
  faults: plan.faults.filter(({ fault }) => fault.kind !== "endless_body"),
});

/** What is counted. */
const nothing = () => ({
  switchovers: 0,
  "more than one request for the swap": 0,
  "more than one swap ran": 0,
  "most swaps for one call": 0,
  "success told, roles as before": 0,
  "failure told, roles changed": 0,
  "told that it is not known": 0,
});

/** @typedef {ReturnType<typeof nothing>} Counts */

/**
 * @param {Counts} counts
 * @param {{ requests: number, ran: number, changed: boolean, told: "success" | "failure" | "unknown" }} one
 */
function count(counts, { requests, ran, changed, told }) {
  counts.switchovers += 1;
  counts["more than one request for the swap"] += Number(requests > 1);
  counts["more than one swap ran"] += Number(ran > 1);
  counts["most swaps for one call"] = Math.max(counts["most swaps for one call"], ran);
  counts["success told, roles as before"] += Number(told === "success" && !changed);
  counts["failure told, roles changed"] += Number(told === "failure" && changed);
  counts["told that it is not known"] += Number(told === "unknown");
}

/** @param {string} url @param {number} seed @param {number} runs */
export async function ours(url, seed, runs) {
  const emulator = new Emulator(url);
  const route = () => ({ endpoint: url, iamEndpoint: url });
  const stage = { DcsClient, emulator, config: await emulator.config(), seed, route };
  const counts = nothing();
  for await (const verdicts of playAll(stage, { seed, runs, first: 0 })) {
    for (const { result, swapsRun, swapRequests } of verdicts) {
      const told = /** @type {const} */ ({ swapped: "success", "not swapped": "failure" });
      count(counts, {
        requests: swapRequests,
        ran: swapsRun,
        // Two swaps leave the roles as they were.
        changed: swapsRun % 2 === 1,
        told: told[/** @type {keyof typeof told} */ (result)] ?? "unknown",
      });
    }
  }
  return counts;
}

/**
 * @param {string} url @param {number} seed @param {number} runs
 * @param {string} python One that has the SDK.
 */
export async function officialPython(url, seed, runs, python) {
  const emulator = new Emulator(url);
  const config = await emulator.config();
  const counts = nothing();
  for (let start = 0; start < runs; start += SEGMENT) {
    const indices = Array.from({ length: Math.min(SEGMENT, runs - start) }, (_, at) => start + at);
    await emulator.ask("POST", "reset");
    const ready = await Promise.all(
      indices.map((index) => prepare({ emulator }, bearable(planOf(seed, index)))),
    );
    const clock = { fault: { kind: "clock", offset_ms: clockOf(seed, start / SEGMENT) } };
    await emulator.ask("POST", "faults", [clock, ...ready.flatMap(({ faults }) => faults)]);
    const told = await play(
      python,
      ready.map(({ plan, key, instanceId }) => ({
        endpoint: url,
        ak: key.ak,
        sk: key.sk,
        security_token: key.securityToken,
        project_id: config.project_id,
        instance_id: instanceId,
        timeout_s: plan.timeoutMs / 1000,
        follow_s: plan.followTimeoutMs / 1000,
      })),
    );
    await pause(SETTLE_MS);
    const state = await emulator.state();
    for (const [at, { instanceId }] of ready.entries()) {
      const { swap_requests: requests, swaps_run: ran } = truth(state, instanceId).counters;
      const success = told[at]?.told === "success";
      count(counts, {
        requests,
        ran,
        changed: ran % 2 === 1,
        told: success ? "success" : "failure",
      });
    }
  }
  return counts;
}

/**
 * @param {string} python @param {{ security_token: string | undefined }[]} orders
 * @returns {Promise<{ told: string }[]>}
 */
function play(python, orders) {
  const child = spawn(python, [SDK], { stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  child.stdin.end(JSON.stringify(orders, (_, value) => value ?? null));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`the SDK's script ended with ${code}`));
    });
  });
}
