// @ts-check
// Signs random requests with this package and with the official Python core, and compares every step of each.
//
//   node tests/differential/run.mjs [--seed N] [--count N] [--only K]

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { signRequest } from "huaweicloud-dcs";
import { known } from "./known-differences.mjs";
import { python } from "./python.mjs";
import { requests } from "./random-requests.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values } = parseArgs({
  options: { seed: { type: "string" }, count: { type: "string" }, only: { type: "string" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
const count = Number(values.count ?? 10_000);
const STEPS = /** @type {const} */ (["canonicalRequest", "stringToSign", "authorization"]);

/** @param {ReturnType<ReturnType<typeof requests>>} request */
function ours(request) {
  const { ak, sk, method, url, headers, body, algorithm, region, service } = request;
  const scope = algorithm.startsWith("V11") ? { region, service } : {};
  const credentials = { ak, sk };
  const signed = signRequest({ method, url, headers, body, algorithm, ...scope, credentials });
  return { ...signed, authorization: signed.headers.Authorization };
}

/** What the official core makes of each, in order. @param {any[]} all */
async function* official(all) {
  const child = spawn(python(), [join(here, "official.py")], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, PYTHONIOENCODING: "utf-8" },
  });
  const exit = once(child, "exit");
  for (const request of all) {
    child.stdin.write(`${JSON.stringify({ ...request, body: request.body.toString("base64") })}\n`);
  }
  child.stdin.end();
  for await (const line of createInterface(child.stdout)) yield JSON.parse(line);
  const [status] = await exit;
  if (status !== 0) throw new Error("the official core failed");
}

console.log(`seed ${seed}, ${count} requests`);
const next = requests(seed);
const all = Array.from({ length: count }, next);
const only =
  values.only === undefined ? all : all.slice(Number(values.only), Number(values.only) + 1);
/** @type {Record<string, number>} */
const compared = {};
let [at, failed] = [0, 0];
for await (const theirs of official(only)) {
  const request = /** @type {any} */ (only[at]);
  const made = /** @type {any} */ (ours(request));
  const step = STEPS.find((each) => made[each] !== theirs[each]);
  compared[request.algorithm] = (compared[request.algorithm] ?? 0) + 1;
  if (step) {
    failed += 1;
    const { sk: _, body: __, ...shown } = request;
    if (failed <= 3)
      console.log(`request ${at} differs in ${step}:`, shown, {
        ours: made[step],
        theirs: theirs[step],
      });
  }
  at += 1;
}
if (at !== only.length) {
  console.log(`only ${at} answers came`);
  failed += 1;
}
const summary = Object.entries(compared).map(([name, times]) => `${name}: ${times}`);
console.log(summary.join(", "));

let passed = at - failed;
at = 0;
for await (const theirs of official(known.map(({ request }) => request))) {
  const { what, request, ...expected } = /** @type {(typeof known)[0]} */ (known[at++]);
  const made = ours(request);
  const differs =
    made.canonicalRequest.includes(expected.ours) &&
    theirs.canonicalRequest.includes(expected.theirs);
  if (differs) passed += 1;
  else failed += 1;
  console.log(`${differs ? "differs as documented" : "no longer as documented"}: ${what}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
