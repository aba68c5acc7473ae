// @ts-check
// The fault campaign: seeded switchovers, each with faults of its own, each judged by the emulator's truth.
// Started by `cargo xtask campaign`; --seed S --only K plays one again. With --tcp the faults are those of connections.
import { parseArgs } from "node:util";
import { Counts } from "./counts.mjs";
import { Emulator } from "./emulator.mjs";
import { playInChromium } from "./chromium.mjs";
import { playAll } from "./play.mjs";

/** @typedef {import("./play.mjs").Verdict} Verdict */

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "2000" },
    seed: { type: "string" },
    only: { type: "string" },
    chromium: { type: "boolean", default: false },
    via: { type: "boolean", default: false },
    tcp: { type: "boolean", default: false },
    runtime: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const only = values.only === undefined ? undefined : Number(values.only);
const url = process.env.DCS_EMULATOR_URL;
if (!url) throw new Error("DCS_EMULATOR_URL is not set: start this with `cargo xtask campaign`");

const { runtime } = values;
const mode =
  (values.chromium ? " --chromium" : "") +
  (values.via ? " --via" : "") +
  (values.tcp ? " --tcp" : "") +
  (runtime ? ` --runtime ${runtime}` : "");
const where = values.chromium ? "Chromium" : (runtime ?? `Node ${process.version}`);
const again = `cargo xtask campaign${mode} --seed ${seed} --only`;
console.log(`${only === undefined ? runs : 1} switchovers in ${where}, seed ${seed}`);

/** @type {import("./play.mjs").Order} */
const order = only === undefined ? { seed, runs, first: 0 } : { seed, runs: only + 1, first: only };

const [results, excuses, faults] = [new Counts(), new Counts(), new Counts()];
let [failed, played, requests, mostSwaps, repeats, twice] = [0, 0, 0, 0, 0, 0];

/** @param {Verdict[]} verdicts */
function take(verdicts) {
  for (const verdict of verdicts) {
    const { result, outcome, excuse, struck, broken } = verdict;
    played += 1;
    results.add(`${result.padEnd(12)} the request: ${outcome}`);
    if (excuse) excuses.add(excuse);
    for (const kind of struck) faults.add(kind);
    requests += verdict.requests;
    repeats += verdict.repeats;
    if (verdict.repeats > 0 && verdict.swapsRun > 1) twice += 1;
    else mostSwaps = Math.max(mostSwaps, verdict.swapsRun);
    if (broken.length > 0) failed += 1;
    if (broken.length > 0 || values.verbose || only !== undefined) show(verdict);
  }
}

/** @param {Verdict} verdict */
function show({ index, broken, account }) {
  console.log(`\nswitchover ${index}: ${broken.join("; ") || "all laws hold"}`);
  console.log(account);
  if (broken.length > 0) console.log(`again: ${again} ${index}`);
}

const start = performance.now();
if (values.tcp) {
  const [{ playOverTcp }, { Tally }] = await Promise.all([
    import("./tcp/campaign.mjs"),
    import("./tcp/tally.mjs"),
  ]);
  const tally = new Tally(again, values.verbose || only !== undefined);
  for await (const verdicts of playOverTcp(new Emulator(url), { ...order, runtime })) {
    tally.take(verdicts);
  }
  process.exit(tally.end(start, order.runs - order.first) ? 0 : 1);
}
if (values.chromium) {
  await playInChromium(url, order, values.via, take);
} else {
  const { DcsClient } = await import("huaweicloud-dcs");
  const emulator = new Emulator(url);
  const config = await emulator.config();
  const route = () => ({ endpoint: emulator.url, iamEndpoint: emulator.url });
  for await (const verdicts of playAll({ DcsClient, emulator, config, seed, route }, order)) {
    take(verdicts);
  }
}
for (const line of results.lines()) console.log(line);
console.log("why unknown:");
for (const line of excuses.lines()) console.log(line);
console.log(`faults that struck: ${faults.inline()}`);
console.log(`${requests} requests in ${((performance.now() - start) / 1000).toFixed(0)} s`);
console.log(`at most ${mostSwaps} swap(s) ran for one call`);
if (repeats > 0) {
  console.log(`the browser itself sent ${repeats} request(s) for a swap again: ${twice} ran twice`);
}
console.log(`seed ${seed}: ${played - failed} passed, ${failed} failed`);
if (failed > 0 || played !== order.runs - order.first) process.exitCode = 1;
