// @ts-check
// This package and the official SDKs, asked the same questions by one emulator, side by side. Started by
// `cargo xtask peers`. A peer whose toolchain is absent is skipped, and that is printed.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Emulator } from "../campaign/emulator.mjs";
import { officialPython, ours } from "./campaign.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TARGET = fileURLToPath(new URL("../../target/peers/", import.meta.url));
const PEERS = ["ours", "python", "java", "go"];
/** A build from nothing, with the SDK's own dependencies. */
const LIMIT_MS = 10 * 60 * 1000;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    runs: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    verbose: { type: "boolean", default: false },
  },
});
const url = process.env.DCS_EMULATOR_URL;
if (!url) throw new Error("DCS_EMULATOR_URL is not set: start this with `cargo xtask peers`");
const emulator = new Emulator(url);
const wanted = PEERS.filter((peer) => values.only?.includes(peer) ?? true);

/**
 * A peer's figures, as ./judge.py prints them.
 * @typedef {object} Figures
 * @property {string} peer
 * @property {string} sdk
 * @property {string} retry
 * @property {{ works: boolean, requests: number, swaps_run: number, seconds_to_first_call: number }} program
 * @property {string[]} answer
 * @property {Record<string, { exception: string, status_code: number, error_code: string, error_msg: string, request_id: string }>} errors
 * @property {{ job_ms: number, requests: number, swaps_run: number, reported: string }[]} lost_answers
 * @property {Record<string, { requests: number, swaps_run: number, reported: string }>} faults
 */

const totals = { passed: 0, failed: 0, skipped: 0 };

/** @param {string} peer @returns {Promise<Figures | undefined>} */
async function ask(peer) {
  await emulator.ask("POST", "reset");
  console.log(`asking ${peer}`);
  const { stdout, stderr } = await promisify(execFile)("python3", [`${HERE}${peer}/run.py`], {
    env: { ...process.env, PEERS_DIR: TARGET + peer },
    timeout: LIMIT_MS,
    maxBuffer: 2 ** 26,
  }).catch((/** @type {any} */ error) => error);
  /** @type {string[]} */
  const lines = stdout.trim().split("\n");
  if (values.verbose) console.log(stdout);
  else for (const line of lines) if (/^(not ok|skipped)/.test(line)) console.log(`  ${line}`);
  const counts = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(lines.at(-1) ?? "");
  if (!counts) {
    console.log(`  ${peer} gave no figures:\n${stdout}\n${stderr}`);
    totals.failed += 1;
    return undefined;
  }
  for (const [at, kind] of /** @type {const} */ (["passed", "failed", "skipped"]).entries()) {
    totals[kind] += Number(counts[at + 1] ?? 0);
  }
  const figures = lines.find((line) => line.startsWith("{"));
  return figures === undefined ? undefined : JSON.parse(figures);
}

/** @param {string} title @param {Figures[]} peers @param {Record<string, (of: Figures) => unknown>} rows */
function table(title, peers, rows) {
  const cells = [
    [title, ...peers.map(({ peer }) => peer)],
    ...Object.entries(rows).map(([name, read]) => [
      name,
      ...peers.map((peer) => String(read(peer) ?? "-")),
    ]),
  ];
  const widths = [0, ...peers.map((_, at) => at + 1)].map((at) =>
    Math.max(...cells.map((row) => row[at]?.length ?? 0)),
  );
  console.log();
  for (const row of cells) {
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

/** @param {{ requests: number, swaps_run: number, reported: string } | undefined} one */
const sent = (one) => one && `${one.requests} sent, ${one.swaps_run} ran: ${one.reported}`;

/** @param {Figures[]} peers */
function show(peers) {
  const [first] = peers;
  if (!first) return;
  table("A program that swaps", peers, {
    SDK: ({ sdk }) => sdk,
    works: ({ program }) => (program?.works ? "yes" : "no"),
    "requests, swaps": ({ program }) => program && `${program.requests}, ${program.swaps_run}`,
    "seconds to the answer": ({ program }) => program?.seconds_to_first_call,
    "fields of a job": ({ answer }) => answer?.length,
  });
  const statuses = Object.keys(first.errors);
  table(
    "Errors: status, code, request id",
    peers,
    Object.fromEntries(
      statuses.map((status) => [
        status,
        ({ errors }) => {
          const error = errors[status];
          const id = error?.request_id ? "id" : "no id";
          return error && `${error.exception} ${error.status_code} ${error.error_code} ${id}`;
        },
      ]),
    ),
  );
  table("A swap under faults that last, with three retries", peers, {
    "how retries are set": ({ retry }) => retry,
    ...Object.fromEntries(
      Object.keys(first.faults).map((name) => [name, ({ faults }) => sent(faults[name])]),
    ),
    ...Object.fromEntries(
      first.lost_answers.map(({ job_ms: ms }, at) => [
        `answer lost, job of ${ms} ms`,
        ({ lost_answers: lost }) => sent(lost[at]),
      ]),
    ),
  });
}

const peers = [];
for (const peer of wanted) {
  const figures = await ask(peer);
  if (figures) peers.push(figures);
}
show(peers);

const runs = Number(values.runs);
if (runs > 0 && peers.some(({ peer }) => peer === "python")) {
  const seed = Number(values.seed);
  const mine = await ours(url, seed, runs);
  const theirs = await officialPython(url, seed, runs, `${TARGET}python/venv/bin/python`);
  console.log(
    `\nThe fault campaign, seed ${seed}: switchover() beside a call and a poll of its job`,
  );
  console.log("(the SDK without endless answers: it would read them until memory ends)");
  console.log(`${"".padEnd(40)}${"ours".padStart(8)}${"python".padStart(8)}`);
  for (const [name, number] of Object.entries(mine)) {
    const other = theirs[/** @type {keyof typeof theirs} */ (name)];
    console.log(`${name.padEnd(40)}${String(number).padStart(8)}${String(other).padStart(8)}`);
  }
  const lies = mine["success told, roles as before"] + mine["failure told, roles changed"];
  if (mine["more than one swap ran"] + lies > 0) totals.failed += 1;
  else totals.passed += 1;
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;
