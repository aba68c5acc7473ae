// @ts-check
// A whole switchover: checked, swapped once, followed, verified. Its machine is tested state by state in Rust; here
// it runs against the emulator.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DcsClient } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const quick = { intervalMs: 50, retry: { baseDelayMs: 1, maxDelayMs: 5 } };

/** @param {Record<string, unknown>} [overrides] */
async function make(overrides) {
  const { instanceId, ...options } = await emulator.target(overrides);
  return { dcs: new DcsClient({ ...options, ...quick }), instanceId };
}

const SWAP = "ChangeMasterStandbyAsync";

test("swaps, follows, verifies, and reports", async () => {
  const { dcs, instanceId } = await make();
  const before = await emulator.master(instanceId);
  const report = await dcs.switchover({ instanceId });
  const after = await emulator.master(instanceId);
  assert.notEqual(before, after);
  const masterOf = (/** @type {any[]} */ nodes) => nodes.find((n) => n.role === "master").nodeId;
  assert.equal(masterOf(report.before ?? []), before);
  assert.equal(masterOf(report.after ?? []), after);
  assert.equal(report.instanceId, instanceId);
  assert.deepEqual([report.result, report.verified], ["swapped", true]);
  assert.equal(report.outcome, "accepted");
  assert.equal(report.job?.status, "SUCCESS");
  assert.equal(report.attempts.swap, 1);
  assert.ok(report.attempts.reads >= 4);
  assert.ok(report.durationMs > 0 && report.reason.length > 0);
  const { swap_requests, swaps_run } = await emulator.counters(instanceId);
  assert.deepEqual([swap_requests, swaps_run], [1, 1]);
});

test("two of one instance at once: the second is refused, and sends nothing", async () => {
  const { dcs, instanceId } = await make({ job_ms: 200 });
  const first = dcs.switchover({ instanceId });
  for (const id of [instanceId, instanceId.toUpperCase()]) {
    await refused(dcs.switchover({ instanceId: id }), "InvalidArgumentError", {
      field: "instanceId",
      message: /under way/,
      outcome: "not_sent",
    });
  }
  assert.equal((await first).result, "swapped");
  assert.equal((await emulator.counters(instanceId)).swap_requests, 1);
  assert.equal((await dcs.switchover({ instanceId })).result, "swapped", "free again");
});

test("a single swap of an instance whose switchover is under way is refused, and so the other way round", async () => {
  const { dcs, instanceId } = await make({ job_ms: 200 });
  const first = dcs.switchover({ instanceId });
  const calls = [dcs.changeMasterStandbyAsync, dcs.changeMasterStandby];
  for (const call of calls) {
    await refused(call.call(dcs, { instanceId }), "InvalidArgumentError", {
      field: "instanceId",
      outcome: "not_sent",
    });
  }
  assert.equal((await first).result, "swapped");
  const single = dcs.changeMasterStandbyAsync({ instanceId });
  await refused(dcs.switchover({ instanceId }), "InvalidArgumentError", { field: "instanceId" });
  assert.ok((await single).job_id);
  assert.equal((await emulator.counters(instanceId)).swap_requests, 2);
});

test("run twice with a goal it swaps once, and the plan says what it would do", async () => {
  const { dcs, instanceId } = await make();
  const plan = await dcs.checkSwitchover({ instanceId });
  assert.equal(plan.result, "swap");
  const [standby] = plan.candidates ?? [];
  const to = { nodeId: standby?.nodeId ?? "" };
  const expectedMaster = plan.master?.nodeId ?? "";
  const results = [];
  for (let run = 0; run < 2; run++) {
    const report = await dcs.switchover({ instanceId, to, expectedMaster });
    results.push(report.result);
  }
  assert.deepEqual(results, ["swapped", "already"]);
  const error = await refused(dcs.switchover({ instanceId, expectedMaster }), "SwitchoverError", {
    outcome: "not_sent",
  });
  assert.match(error.report.reason, /not the expected/);
  const [planned] = await dcs.switchoverAll([instanceId], { to, dryRun: true });
  assert.equal(planned?.plan?.result, "already");
  assert.equal((await emulator.counters(instanceId)).swap_requests, 1);
});

test("what a journal holds is found out, and nothing is swapped", async () => {
  const { dcs, instanceId } = await make();
  /** @type {Map<string, any>} */
  const kept = new Map();
  const journal = {
    read: async (/** @type {string} */ key) => kept.get(key),
    write: async (/** @type {string} */ key, /** @type {any} */ record) => {
      const found = kept.get(key);
      if (found && found.id !== record.id)
        throw Object.assign(new Error("taken"), { record: found });
      kept.set(key, structuredClone(record));
    },
    remove: async (/** @type {string} */ key) => void kept.delete(key),
  };
  /** @type {any[]} */
  const written = [];
  const noted = {
    ...journal,
    write: async (/** @type {string} */ key, /** @type {any} */ record) => {
      written.push(record.state);
      await journal.write(key, record);
    },
  };
  assert.equal((await dcs.switchover({ instanceId, journal: noted })).result, "swapped");
  assert.deepEqual([written, kept.size], [["sending", "accepted"], 0]);

  // A record that a dead process left behind: its swap was never sent.
  const { before } = await dcs.checkSwitchover({ instanceId });
  const record = { version: 1, id: "dead", instanceId, startedAt: "20260102T030405Z", before };
  kept.set(instanceId, { ...record, state: "sending", tasks: [] });
  const quickly = { instanceId, journal, verifyTimeoutMs: 100 };
  const error = await refused(dcs.switchover(quickly), "SwitchoverError", {});
  assert.equal(error.report.resumed, true);
  assert.equal((await emulator.counters(instanceId)).swap_requests, 1, "it only reads");

  const broken = { ...journal, read: async () => Promise.reject(new Error("no disk")) };
  const refusal = await refused(
    dcs.switchover({ instanceId, journal: broken }),
    "SwitchoverError",
    {
      outcome: "not_sent",
    },
  );
  assert.match(refusal.report.reason, /journal cannot be read: no disk/);
});

test("two instances at once do not hinder each other", async () => {
  const { dcs, instanceId } = await make();
  const other = await emulator.newInstance();
  const reports = await Promise.all([
    dcs.switchover({ instanceId }),
    dcs.switchover({ instanceId: other }),
  ]);
  assert.deepEqual(
    reports.map((report) => report.result),
    ["swapped", "swapped"],
  );
});

describe("refused before anything is swapped", () => {
  for (const overrides of [
    { cache_mode: "single" },
    { cache_mode: "cluster" },
    { cache_mode: "proxy" },
    { status: "RESTARTING" },
    { slave_status: "Inactive" },
  ]) {
    test(JSON.stringify(overrides), async () => {
      const { dcs, instanceId } = await make(overrides);
      const error = await refused(dcs.switchover({ instanceId }), "SwitchoverError", {
        code: "SWITCHOVER",
        outcome: "not_sent",
        retryable: false,
      });
      assert.equal(error.report.result, "not swapped");
      assert.equal(error.report.attempts.swap, 0);
      assert.equal((await emulator.counters(instanceId)).swap_requests, 0);
    });
  }
});

describe("a lost answer is found out by reading", () => {
  for (const [shown, fault, result] of /** @type {[string, any, string][]} */ ([
    ["dropped after the swap", { kind: "drop_after" }, "swapped"],
    ["dropped before the swap", { kind: "drop_before" }, "not swapped"],
    ["500 after the swap", { kind: "status", status: 500, when: "after" }, "swapped"],
    ["500 before the swap", { kind: "status", status: 500 }, "not swapped"],
    ["cut", { kind: "malformed_body" }, "swapped"],
  ])) {
    test(`${shown}: ${result}`, async () => {
      const { dcs, instanceId } = await make();
      await emulator.arm({ operation: SWAP, instance_id: instanceId }, fault);
      const options = { instanceId, verifyTimeoutMs: 800 };
      if (result === "swapped") {
        const report = await dcs.switchover(options);
        assert.deepEqual([report.result, report.verified], ["swapped", true]);
      } else {
        const error = await refused(dcs.switchover(options), "SwitchoverError");
        assert.ok(["not swapped", "unknown"].includes(error.report.result), error.report.result);
      }
      const { swap_requests, swaps_run } = await emulator.counters(instanceId);
      assert.deepEqual([swap_requests, swaps_run], [1, result === "swapped" ? 1 : 0]);
    });
  }
});

describe("a refusal by flow control, where the platform may have sent the swap twice", () => {
  // A window of Electron: Node's own process, and the fetch of a browser.
  const inWindow = async (/** @type {() => Promise<void>} */ work) => {
    Object.defineProperty(process, "type", { value: "renderer", configurable: true });
    await work().finally(() => Reflect.deleteProperty(process, "type"));
  };
  const ran = { kind: "status", status: 429, when: "after", shape: "gateway", retry_after: 0 };

  for (const [shown, overrides, retry] of /** @type {[string, any, any][]} */ ([
    ["its job is at work", { job_ms: 400 }, undefined],
    ["its job has ended", { job_ms: 1 }, { maxAttempts: 2, baseDelayMs: 50, maxDelayMs: 60 }],
    ["it is not to be sent again", { job_ms: 400 }, false],
  ])) {
    test(`it ran, and ${shown}: swapped, once`, () =>
      inWindow(async () => {
        const { dcs, instanceId } = await make(overrides);
        await emulator.arm({ operation: SWAP, instance_id: instanceId }, ran);
        const report = await dcs.switchover({ instanceId, ...(retry !== undefined && { retry }) });
        assert.deepEqual(
          [report.result, report.verified, report.outcome, report.attempts.swap],
          ["swapped", true, "unknown", 1],
        );
        assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
      }));
  }

  test("it did not run: the list of tasks proves it, and it is sent again if that is wanted", () =>
    inWindow(async () => {
      const { dcs, instanceId } = await make();
      const match = { operation: SWAP, instance_id: instanceId };
      await emulator.arm(match, { kind: "gateway_refused", retry_after: 0 }, { times: 2 });
      const once = { instanceId, retry: /** @type {false} */ (false), verifyTimeoutMs: 300 };
      const error = await refused(dcs.switchover(once), "SwitchoverError", {
        outcome: "rejected",
        message: /refused by flow control.*shows that no swap was begun/,
      });
      assert.deepEqual([error.report.result, error.report.verified], ["not swapped", true]);
      assert.equal((await dcs.switchover({ instanceId })).attempts.swap, 2);
    }));
});

test("a job that fails is told with its reason, and as not swapped", async () => {
  const { dcs, instanceId } = await make();
  const fault = { kind: "job_fail", reason: "the standby is not in sync" };
  await emulator.arm({ operation: SWAP, instance_id: instanceId }, fault);
  const options = { instanceId, verifyTimeoutMs: 500 };
  const error = await refused(dcs.switchover(options), "SwitchoverError", {
    message: /the standby is not in sync/,
    outcome: "accepted",
  });
  assert.equal(error.report.job.status, "FAIL");
  assert.equal(error.report.result, "not swapped");
});

test("roles that change late are waited for", async () => {
  const { dcs, instanceId } = await make();
  const fault = { kind: "roles_late", ms: 500 };
  await emulator.arm({ operation: SWAP, instance_id: instanceId }, fault);
  assert.equal((await dcs.switchover({ instanceId })).verified, true);
});

test("roles that never change are told: the job's word is not taken", async () => {
  const { dcs, instanceId } = await make();
  await emulator.arm({ operation: SWAP, instance_id: instanceId }, { kind: "roles_stuck" });
  const options = { instanceId, verifyTimeoutMs: 400 };
  const error = await refused(dcs.switchover(options), "SwitchoverError");
  assert.notEqual(error.report.result, "swapped");
  assert.equal(error.report.job.status, "SUCCESS");
});

describe("a fleet", () => {
  test("each has its report, in the order given; a failure is one entry", async () => {
    const { dcs, instanceId } = await make();
    const single = await emulator.newInstance({ cache_mode: "single" });
    const third = await emulator.newInstance();
    const results = await dcs.switchoverAll([instanceId, single, third], { concurrency: 2 });
    assert.deepEqual(
      results.map((result) => [result.instanceId, result.state]),
      [
        [instanceId, "fulfilled"],
        [single, "rejected"],
        [third, "fulfilled"],
      ],
    );
    assert.equal(results[0]?.report?.result, "swapped");
    assert.equal(results[1]?.report?.result, "not swapped");
  });

  test("stopOnFailure leaves the rest alone", async () => {
    const { dcs, instanceId } = await make({ cache_mode: "single" });
    const next = await emulator.newInstance();
    const options = { concurrency: 1, stopOnFailure: true };
    const results = await dcs.switchoverAll([instanceId, next], options);
    assert.deepEqual(
      results.map((result) => result.state),
      ["rejected", "skipped"],
    );
    assert.equal((await emulator.requestsFor(next)).length, 0);
  });

  test("each one that was started has its report, also when it is aborted", async () => {
    const { dcs, instanceId } = await make({ job_ms: 5000 });
    const controller = new AbortController();
    const onEvent = (/** @type {any} */ { type }) => {
      if (type === "job") controller.abort(new Error("enough"));
    };
    const { signal } = controller;
    const [result] = await dcs.switchoverAll([instanceId], { signal, onEvent });
    assert.equal(result?.state, "rejected");
    assert.deepEqual([result?.report?.result, result?.report?.outcome], ["unknown", "accepted"]);
  });

  test("no more than `concurrency` at once", async () => {
    const { dcs } = await make();
    const ids = await Promise.all(Array.from({ length: 6 }, () => emulator.newInstance()));
    let [now, most] = [0, 0];
    /** @param {any} event */
    const onEvent = ({ type, phase }) => {
      if (type !== "phase") return;
      if (phase === "check") most = Math.max(most, ++now);
      if (phase === "done") now -= 1;
    };
    const results = await dcs.switchoverAll(ids, { concurrency: 2, onEvent });
    assert.ok(results.every((result) => result.state === "fulfilled"));
    assert.equal(most, 2);
  });

  for (const [ids, options, field] of /** @type {[any, any, string][]} */ ([
    ["x", {}, "instanceIds"],
    [["a", "a"], {}, "instanceIds"],
    [[], { concurrency: 0 }, "concurrency"],
    [[], { concurrency: 33 }, "concurrency"],
  ])) {
    test(`refused: ${JSON.stringify([ids, options])}`, async () => {
      const { dcs } = await make();
      await refused(dcs.switchoverAll(ids, options), "InvalidArgumentError", { field });
    });
  }
});
