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
