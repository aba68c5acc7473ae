// @ts-check
// The crash campaign: processes that are killed at random moments and run again, with the journal and with a goal, and pairs
// of operators with the same goal. Against the emulator of DCS_EMULATOR_URL; --seed S plays it again.
import { parseArgs } from "node:util";
import { Counts } from "../campaign/counts.mjs";
import { Emulator } from "../campaign/emulator.mjs";
import { Scenes } from "./scenes.mjs";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "200" },
    seed: { type: "string" },
    runtime: { type: "string" },
    scene: { type: "string", multiple: true, default: ["journal", "to", "pairs"] },
    verbose: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const url = process.env.DCS_EMULATOR_URL;
if (!url) throw new Error("DCS_EMULATOR_URL is not set: start an emulator first");
/** Processes are started so many at once. */
const AT_ONCE = 4;

const scenes = await Scenes.open(new Emulator(url), values.runtime);
/** @type {Record<string, (index: number) => Promise<import("./scenes.mjs").Outcome>>} */
const SCENES = {
  journal: (index) => scenes.killed(seed, index, "journal"),
  to: (index) => scenes.killed(seed, index, "to"),
  pairs: (index) => scenes.pair(seed, index),
};

let [passed, failed] = [0, 0];
for (const name of values.scene) {
  const scene = SCENES[name];
  if (!scene) throw new Error(`no scene is called ${name}`);
  const start = performance.now();
  const kinds = new Counts();
  let [processes, resumed, late, next] = [0, 0, 0, 0];
  const worker = async () => {
    while (next < runs) {
      const index = next++;
      const outcome = await scene(index);
      processes += outcome.runs;
      resumed += outcome.resumed;
      late += Number(outcome.late);
      kinds.add(`${outcome.kind}, ${outcome.swaps} ran`);
      if (outcome.wrong) failed += 1;
      else passed += 1;
      if (outcome.wrong || values.verbose)
        console.log(`${name} ${index}: ${outcome.wrong ?? "right"}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`${name}: ${runs} instances, ${processes} processes, ${seconds} s`);
  for (const line of kinds.lines()) console.log(line);
  console.log(`  ${resumed} resumed, ${late} killed when all was done`);
}
console.log(`seed ${seed}: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
