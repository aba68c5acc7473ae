// @ts-check
// The judge itself is tested: every law must catch the lie it is there for, and every excuse must have its reason.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./judge.mjs";
import { INSTANCE, JOB, ROLES, SECRET, SWAP, TASKS, planOf } from "./plan.mjs";

const ID = "00000000-0000-4000-8000-000000000001";

/** @param {string} master */
const nodesOf = (master) =>
  ["a", "b"].map((id) => ({
    node_id: id,
    role: /** @type {"master" | "slave"} */ (id === master ? "master" : "slave"),
  }));

/** @param {string} master */
const rolesOf = (master) =>
  nodesOf(master).map(({ node_id, role }) => ({ nodeId: node_id, role, status: "Active" }));

/** @param {"SUCCESS" | "FAIL" | "RUNNING"} status @param {number} end */
const job = (status, end) => ({
  job_id: "j",
  status,
  begin_time: "1100",
  ...(status !== "RUNNING" && { end_time: String(end) }),
});

/** @param {string} master @param {ReturnType<typeof job>[]} jobs */
const truth = (master, jobs = []) => ({
  nodes: nodesOf(master),
  // Somewhat before a job ends.
  roles_changed_ms: jobs.flatMap(({ status, end_time }) =>
    status === "SUCCESS" ? [Number(end_time) - 40] : [],
  ),
  counters: { swap_requests: 1, swaps_run: 0, swaps_refused: 0 },
  jobs,
});

/** @param {string} operation @param {number} at @returns {import("./proxy.mjs").Exchange} */
const good = (operation, at) => ({
  operation,
  at,
  fault: undefined,
  copies: 1,
  askedAt: at,
  status: 200,
  others: false,
});

/** A switchover without any fault, told rightly: the job ends at 1200, the roles are read at 1300. @returns {any} */
const swapped = () => ({
  instanceId: ID,
  said: {
    report: {
      instanceId: ID,
      result: "swapped",
      verified: true,
      outcome: "accepted",
      before: rolesOf("a"),
      after: rolesOf("b"),
      attempts: { swap: 1, reads: 5 },
    },
    error: undefined,
    ended: true,
    endedAt: 2000,
  },
  log: [
    good(INSTANCE, 1000),
    good(ROLES, 1050),
    good(SWAP, 1100),
    good(JOB, 1250),
    good(ROLES, 1300),
    good(TASKS, 1310),
  ],
  before: truth("a"),
  after: truth("b", [job("SUCCESS", 1200)]),
});

/** The same with a job that failed. @returns {any} */
function failed() {
  const of = swapped();
  Object.assign(of.said.report, { result: "not swapped", after: rolesOf("a") });
  of.said.error = { name: "SwitchoverError", message: "no" };
  of.after = truth("a", [job("FAIL", 1200)]);
  return of;
}

/** It was lost on its way, and that was found out. @returns {any} */
function lost() {
  const of = failed();
  of.said.report.outcome = "unknown";
  of.log.push(good(INSTANCE, 1320));
  Object.assign(of.log[2], { copies: 0, askedAt: undefined, status: undefined });
  of.after = truth("a");
  return of;
}

/** Nobody could say, and so it says. @param {any} of */
function unknown(of) {
  Object.assign(of.said.report, { result: "unknown", verified: false });
  of.said.error = { name: "SwitchoverError", message: "no" };
  return of;
}

test("right reports break no law", () => {
  for (const make of [swapped, failed, lost]) assert.deepEqual(judge(make()).broken, []);
});

/** Each lie, and the law that must catch it. @type {[string, string, any][]} */
const LIES = [
  ["no end", "it ends", { ...swapped(), said: { ...swapped().said, ended: false } }],
  ["no report", "there is a report", with_(swapped(), (of) => (of.said.report.instanceId = "x"))],
  [
    "a second request",
    "the client sends one request for the swap",
    with_(swapped(), (of) => of.log.push(good(SWAP, 1500))),
  ],
  [
    "a request kept quiet",
    "it says how many it sent",
    with_(swapped(), (of) => (of.said.report.attempts.swap = 0)),
  ],
  [
    "a swap out of nothing",
    "no more swaps run than copies arrived",
    with_(swapped(), (of) => of.after.roles_changed_ms.push(1400)),
  ],
  [
    "an early cheer",
    "`swapped` is said when the roles had changed",
    with_(swapped(), (of) => (of.said.endedAt = 1140)),
  ],
  [
    "a cheer for a failed job",
    "`swapped` is said when the roles had changed",
    with_(swapped(), (of) => (of.after = truth("a", [job("FAIL", 1200)]))),
  ],
  [
    "the roles of before",
    "`swapped` is said when the roles had changed",
    with_(swapped(), (of) => (of.said.report.after = rolesOf("a"))),
  ],
  [
    "another's roles",
    "`swapped` is said when the roles had changed",
    with_(swapped(), (of) => (of.said.report.after[1].nodeId = "z")),
  ],
  [
    "a denial",
    "`not swapped` is said when none ran, then or later",
    with_(failed(), (of) => (of.after = truth("b", [job("SUCCESS", 5000)]))),
  ],
  [
    "a denial of two",
    "`not swapped` is said when none ran, then or later",
    with_(failed(), (of) => (of.after = truth("a", [job("SUCCESS", 1200), job("SUCCESS", 1400)]))),
  ],
  ["no courage", "`unknown` is said only where nobody could know", unknown(swapped())],
  ["no courage after a failed job", "`unknown` is said only", unknown(failed())],
  ["no courage after a loss", "`unknown` is said only", unknown(lost())],
  [
    "refused, but begun",
    "the outcome of the request is right",
    with_(failed(), (of) => (of.said.report.outcome = "rejected")),
  ],
  [
    "not sent, but seen",
    "the outcome of the request is right",
    with_(failed(), (of) => (of.said.report.outcome = "not_sent")),
  ],
  [
    "accepted, but lost",
    "the outcome of the request is right",
    with_(lost(), (of) => (of.said.report.outcome = "accepted")),
  ],
  [
    "not swapped, but resolved",
    "it rejects unless swapped",
    with_(failed(), (of) => (of.said.error = undefined)),
  ],
  [
    "a secret",
    "no secret is told",
    with_(failed(), (of) => (of.said.error.message = `key ${SECRET}`)),
  ],
];

/** @param {any} of @param {(of: any) => unknown} change */
function with_(of, change) {
  change(of);
  return of;
}

for (const [lie, law, of] of LIES) {
  test(`${lie}: ${law}`, () => {
    const { broken } = judge(of);
    assert.ok(
      broken.some((text) => text.startsWith(law)),
      broken.join("; ") || "nothing was found",
    );
  });
}

/** Why nobody could know. @type {[string, any][]} */
const REASONS = [
  ["the job had not ended", with_(swapped(), (of) => (of.after = truth("a", [job("RUNNING", 0)])))],
  [
    "no list of roles came through after the end",
    with_(swapped(), (of) => (of.log[4].status = undefined)),
  ],
  [
    "no list of roles came through after the end",
    with_(swapped(), (of) => (of.log[4].others = true)),
  ],
  [
    "two copies of the request ran: the roles are as before",
    with_(swapped(), (of) => {
      of.log[2].copies = 2;
      of.after = truth("a", [job("SUCCESS", 1150), job("SUCCESS", 1200)]);
    }),
  ],
  ["no list of tasks came through after the end", with_(lost(), (of) => (of.log[5].status = 500))],
  [
    "the roles of before were another instance's",
    with_(swapped(), (of) => {
      of.log[1].others = true;
      for (const node of of.said.report.before) node.nodeId += "-of-another";
    }),
  ],
  [
    "the instance could not be read after the end",
    with_(lost(), (of) => (of.log.at(-1).status = undefined)),
  ],
  [
    "a job failed that nobody could know to be its own",
    with_(failed(), (of) => (of.log[2].status = undefined)),
  ],
];

for (const [why, of] of REASONS) {
  test(`unknown is right: ${why}`, () => {
    const verdict = judge(unknown(of));
    assert.equal(verdict.why, why);
    assert.ok(!verdict.broken.some((text) => text.startsWith("`unknown`")));
  });
}

test("a plan is a function of seed and index, and strikes in every way", () => {
  assert.deepEqual(planOf(5, 17), planOf(5, 17));
  assert.notDeepEqual(planOf(5, 17), planOf(6, 17));
  const kinds = Array.from({ length: 200 }, (_, index) => planOf(1, index).transport);
  assert.equal(new Set(kinds.flat().map(({ kind }) => kind)).size, 10);
});
