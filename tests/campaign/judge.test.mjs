// @ts-check
// The judge itself is tested: every law must catch the lie it is there for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./judge.mjs";
import { SECRET, SWAP, planOf } from "./plan.mjs";

const ID = "00000000-0000-4000-8000-000000000001";
const [A, B] = ["node-a", "node-b"];

/** @param {string} master @param {number} swaps @param {number} jobs */
const truth = (master, swaps, jobs) => ({
  nodes: [A, B].map((id) => ({
    node_id: id,
    role: /** @type {"master" | "slave"} */ (id === master ? "master" : "slave"),
  })),
  counters: { swap_requests: 1, swaps_run: swaps, swaps_refused: 0 },
  roles_changed_ms: Array.from({ length: swaps }, () => 15),
  jobs: Array.from({ length: jobs }, () => ({
    job_id: "j",
    job_type: "masterStandbySwapJob",
    status: "SUCCESS",
    begin_time: "1",
    end_time: "20",
  })),
});

/** @param {string} master */
const roles = (master) =>
  [A, B].map((id) => ({
    nodeId: id,
    role: /** @type {"master" | "slave"} */ (id === master ? "master" : "slave"),
    status: "Active",
  }));

/** @param {number} seq @param {string} operation */
const seen = (seq, operation) => ({
  seq,
  time: seq * 10,
  operation,
  status: 200,
  outcome: "answered",
  fault: /** @type {string | null} */ (null),
  access_key: "AK",
});

/** A switchover without any fault, told rightly. */
function good() {
  return {
    /** @type {any} */
    played: {
      plan: { ...planOf(1, 0), abortAfterMs: undefined },
      instanceId: ID,
      ak: "AK",
      report: {
        instanceId: ID,
        result: "swapped",
        verified: true,
        outcome: "accepted",
        reason: "",
        before: roles(A),
        after: roles(B),
        durationMs: 1,
        attempts: { swap: 1, reads: 2 },
      },
      error: undefined,
      events: [],
      sent: [SWAP, "ShowJobInfo", "ListGroupReplicationInfo"].map((operation) => ({
        operation,
        failed: false,
      })),
      atReport: truth(B, 1, 1),
      ended: true,
    },
    known: {
      before: truth(A, 0, 0),
      after: truth(B, 1, 1),
      seen: [SWAP, "ShowJobInfo", "ListGroupReplicationInfo"].map((name, at) => seen(at + 1, name)),
    },
  };
}

/** The same, but nothing swapped, and told so. */
function refused() {
  const { played, known } = good();
  Object.assign(played.report, { result: "not swapped", after: roles(A) });
  played.error = Object.assign(new Error("no"), { name: "SwitchoverError" });
  played.atReport = known.after = truth(A, 0, 1);
  return { played, known };
}

test("right reports break no law", () => {
  for (const { played, known } of [good(), refused()]) {
    assert.deepEqual(judge(played, known).broken, []);
  }
});

/** @typedef {ReturnType<typeof good>} Case */

/** Each lie, and the law that must catch it. @type {[string, string, () => Case, (lie: Case) => void][]} */
const lies = [
  ["no end", "it ends", good, ({ played }) => (played.ended = false)],
  ["two swaps", "at most one swap runs", good, ({ known }) => (known.after.counters.swaps_run = 2)],
  [
    "two jobs",
    "at most one swap is accepted",
    good,
    ({ known }) => known.after.jobs.push(...known.after.jobs),
  ],
  ["no report", "there is a report", good, ({ played }) => (played.report = undefined)],
  [
    "a request kept quiet",
    "each request for the swap is told",
    good,
    ({ known }) => (known.after.counters.swap_requests = 2),
  ],
  [
    "an early cheer",
    "`swapped` means that the roles changed",
    good,
    ({ played }) => (played.atReport = truth(A, 0, 1)),
  ],
  [
    "unverified",
    "`swapped` means that the roles changed",
    good,
    ({ played }) => (played.report.verified = false),
  ],
  [
    "wrong roles",
    "`swapped` means that the roles changed",
    good,
    ({ played }) => (played.report.after = roles(A)),
  ],
  [
    "denied",
    "`not swapped` means that nothing swaps, then or later",
    refused,
    ({ played }) => (played.atReport = truth(B, 1, 1)),
  ],
  [
    "denied, and it comes later",
    "`not swapped` means that nothing swaps, then or later",
    refused,
    ({ known }) => (known.after = truth(B, 1, 1)),
  ],
  [
    "no courage",
    "`unknown` only where the truth could not be read",
    refused,
    ({ played }) => Object.assign(played.report, { result: "unknown", verified: false }),
  ],
  [
    "no courage, with the end told just in time",
    "`unknown` only where the truth could not be read",
    refused,
    ({ played, known }) => {
      Object.assign(played.report, { result: "unknown", verified: false });
      known.after.jobs.forEach((job) => (job.end_time = "1000"));
      played.events.push({ type: "job", job: { status: "FAIL" } });
    },
  ],
  [
    "rejected, but started",
    "the outcome of the request is right",
    refused,
    ({ played }) => (played.report.outcome = "rejected"),
  ],
  [
    "not sent, but arrived",
    "the outcome of the request is right",
    refused,
    ({ played }) => (played.report.outcome = "not_sent"),
  ],
  [
    "a good answer called lost",
    "the outcome of the request is right",
    good,
    ({ played }) => (played.report.outcome = "unknown"),
  ],
  [
    "swapped, but rejected",
    "it resolves when swapped, and rejects otherwise",
    good,
    ({ played }) => (played.error = new Error("no")),
  ],
  [
    "not swapped, but resolved",
    "it resolves when swapped, and rejects otherwise",
    refused,
    ({ played }) => (played.error = undefined),
  ],
  [
    "a secret in the cause of an error",
    "no secret is told",
    refused,
    ({ played }) => (played.error.cause = new Error(`key ${SECRET}`)),
  ],
];

for (const [lie, law, from, tell] of lies) {
  test(`${lie}: ${law}`, () => {
    const told = from();
    tell(told);
    const { broken } = judge(told.played, told.known);
    assert.ok(
      broken.some((text) => text.startsWith(`${law}: `)),
      broken.join("; ") || "nothing was found",
    );
  });
}

/** @type {[string, (of: Case) => void][]} */
const excuses = [
  ["the last read was spoiled", ({ known }) => (known.seen[2] = { ...seen(3, "x"), status: 500 })],
  [
    "the last read was spoiled",
    ({ known }) => (known.seen[2] = { ...seen(3, "x"), fault: "cut_body" }),
  ],
  ["the last read was spoiled", ({ played }) => (played.sent[2].failed = true)],
  [
    "the end of the job could not be read",
    ({ known }) => (known.seen[1] = { ...seen(2, "ShowJobInfo"), status: 500 }),
  ],
  [
    "the end of the job could not be read",
    ({ known }) => known.after.jobs.forEach((job) => (job.end_time = "1000")),
  ],
  ["the end of the job could not be read", ({ played }) => (played.sent[1].failed = true)],
  ["aborted", ({ played }) => (played.error = new Error("the campaign aborts"))],
  [
    "two swaps ran: the roles are as before",
    ({ played, known }) => {
      Object.assign(played.report, { outcome: "unknown", doubt: "lost" });
      known.after = truth(A, 2, 2);
    },
  ],
  [
    "the job says SUCCESS, and the same node is master",
    ({ played, known }) => {
      played.report.doubt = "late";
      known.after = truth(A, 0, 1);
    },
  ],
];

for (const [why, make] of excuses) {
  test(`unknown is right: ${why}`, () => {
    const told = refused();
    Object.assign(told.played.report, { result: "unknown", verified: false });
    make(told);
    const verdict = judge(told.played, told.known);
    assert.equal(verdict.excuse, why);
    assert.ok(!verdict.broken.some((text) => text.startsWith("`unknown`")));
  });
}

test("a plan is a function of seed and index", () => {
  assert.deepEqual(planOf(5, 17), planOf(5, 17));
  assert.notDeepEqual(planOf(5, 17), planOf(6, 17));
  assert.notDeepEqual(planOf(5, 17), planOf(5, 18));
});
