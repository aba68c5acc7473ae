// @ts-check
// The guards of a switchover: outside of the maintenance window, or with a standby that is too far behind, nothing is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DcsClient } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";

/** @param {Record<string, unknown>} settings Of the instance. */
async function make(settings) {
  const { instanceId, ...options } = await emulator.target(settings);
  const dcs = new DcsClient({ ...options, cesEndpoint: emulator.url });
  return { dcs, instanceId, accessKey: options.credentials.ak };
}

/** A time of day in UTC, so many minutes from now. @param {number} minutes */
const inMinutes = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 19);

/** @typedef {import("huaweicloud-dcs").SwitchoverOptions} Options */

/** What sends nothing. @type {[string, Record<string, unknown>, Partial<Options>, RegExp][]} */
const REFUSED = [
  [
    "a window that is over",
    { maintain_begin: inMinutes(-120), maintain_end: inMinutes(-60) },
    { window: "maintenance" },
    /outside of the maintenance window, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d UTC/,
  ],
  [
    "a window that nobody tells",
    { maintain_begin: null, maintain_end: null },
    { window: "maintenance" },
    /maintenance window cannot be read/,
  ],
  [
    "a standby that is one byte too far behind",
    { replication_gap_bytes: 1025 },
    { maxReplicationGapBytes: 1024 },
    /is 1025 bytes behind its master, and 1024 are allowed/,
  ],
  [
    "a standby of which Cloud Eye has no figure",
    { replication_gap_bytes: null },
    { maxReplicationGapBytes: 1024 },
    /cannot be read: Cloud Eye has no value/,
  ],
];

for (const [what, settings, guard, reason] of REFUSED) {
  test(`${what}: nothing is sent`, async () => {
    const { dcs, instanceId } = await make(settings);
    await assert.rejects(dcs.switchover({ instanceId, ...guard }), (/** @type {any} */ error) => {
      const { report } = error;
      assert.deepEqual([report.result, report.outcome], ["not swapped", "not_sent"]);
      assert.match(report.reason, reason);
      return true;
    });
    const plan = await dcs.checkSwitchover({ instanceId, ...guard });
    assert.equal(plan.result, "not_sent");
    assert.match(plan.reason, reason);
    assert.equal((await emulator.counters(instanceId)).swap_requests, 0);
  });
}

/** What lets it go on. @type {[string, Record<string, unknown>, Partial<Options>][]} */
const ALLOWED = [
  [
    "a window that is open",
    { maintain_begin: inMinutes(-60), maintain_end: inMinutes(60) },
    { window: "maintenance" },
  ],
  [
    "a standby that is just near enough",
    { replication_gap_bytes: 1024 },
    { maxReplicationGapBytes: 1024 },
  ],
  ["a standby that is not behind", { replication_gap_bytes: 0 }, { maxReplicationGapBytes: 0 }],
];

for (const [what, settings, guard] of ALLOWED) {
  test(`${what}: it is swapped`, async () => {
    const { dcs, instanceId } = await make(settings);
    const report = await dcs.switchover({ instanceId, intervalMs: 50, ...guard });
    assert.deepEqual([report.result, report.verified], ["swapped", true]);
    assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
  });
}

test("Cloud Eye that refuses to be asked: nothing is sent, and the error is told", async () => {
  const { dcs, instanceId, accessKey } = await make({});
  await emulator.arm(
    { operation: "ShowMetricData", access_key: accessKey },
    { kind: "status", status: 403 },
  );
  const plan = await dcs.checkSwitchover({ instanceId, maxReplicationGapBytes: 1024 });
  assert.equal(plan.result, "not_sent");
  assert.match(plan.reason, /behind its master cannot be read: .*showMetricData/);
});
