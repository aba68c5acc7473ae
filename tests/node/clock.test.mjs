// @ts-check
// Clocks that differ: `clockOffsetMs`, and the one correction when the gateway refuses the date.

import assert from "node:assert/strict";
import { afterEach, describe, test } from "node:test";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const MINUTE = 60_000;
const now = Date.now;
afterEach(() => {
  Date.now = now;
  return emulator.disarm();
});

/** This machine's clock goes wrong, and the service's stays right. @param {number} minutes */
const setOwnClock = (minutes) => void (Date.now = () => now() + minutes * MINUTE);

for (const minutes of [-20, 20, -1430, 1430]) {
  describe(`the service's clock ${minutes} minutes off`, () => {
    test("is learned from a refused swap, which is not sent again, and the next one is right", async () => {
      const { instanceId, ...options } = await emulator.target({ job_ms: 0 });
      await emulator.setClock(minutes * MINUTE);
      /** @type {any[]} */
      const events = [];
      const dcs = new DcsClient({ ...options, onEvent: (event) => events.push(event) });
      // A 401 can be the answer to the second copy of a swap whose first copy runs.
      await refused(dcs.changeMasterStandbyAsync({ instanceId }), "ServiceResponseError", {
        httpStatusCode: 401,
        outcome: "rejected",
      });
      const [clock] = events.filter((event) => event.type === "clock");
      assert.ok(Math.abs(clock.offsetMs - minutes * MINUTE) < 5000, `${clock.offsetMs}`);
      await dcs.changeMasterStandbyAsync({ instanceId });
      const statuses = (await emulator.requestsFor(instanceId)).map((request) => request.status);
      assert.deepEqual(statuses, [401, 200]);
      assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
    });

    test("is found by the check of a switchover, whose swap is sent once", async () => {
      const { instanceId, ...options } = await emulator.target({ job_ms: 0 });
      await emulator.setClock(minutes * MINUTE);
      const dcs = new DcsClient(options);
      const report = await dcs.switchover({ instanceId, intervalMs: 50 });
      assert.deepEqual([report.result, report.attempts.swap], ["swapped", 1]);
    });

    test("is remembered by the client", async () => {
      const { instanceId, ...options } = await emulator.target();
      await emulator.setClock(minutes * MINUTE);
      const dcs = new DcsClient(options);
      for (let read = 0; read < 3; read++) await dcs.showInstance({ instanceId });
      const statuses = (await emulator.requestsFor(instanceId)).map((request) => request.status);
      assert.deepEqual(statuses, [401, 200, 200, 200]);
    });
  });
}

test("clockOffsetMs: a known difference needs no correction", async () => {
  const options = await emulator.target();
  await emulator.setClock(20 * MINUTE);
  await changeMasterStandbyAsync({ ...options, clockOffsetMs: 20 * MINUTE });
  assert.equal((await emulator.requestsFor(options.instanceId)).length, 1);
});

test("clockOffsetMs: a wrong one is corrected too", async () => {
  const { instanceId, ...options } = await emulator.target();
  const dcs = new DcsClient({ ...options, clockOffsetMs: 3_600_000 });
  await dcs.showInstance({ instanceId });
  assert.equal((await emulator.requestsFor(instanceId)).length, 2);
});

test("a difference of more than a day is not believed", async () => {
  const options = await emulator.target();
  await emulator.setClock(1450 * MINUTE);
  const fields = { httpStatusCode: 401, hint: /clockOffsetMs/, outcome: "rejected" };
  await refused(changeMasterStandbyAsync(options), "ServiceResponseError", fields);
  assert.equal((await emulator.requestsFor(options.instanceId)).length, 1);
  await changeMasterStandbyAsync({ ...options, clockOffsetMs: 1450 * MINUTE });
});

test("a difference within the window is left alone", async () => {
  const options = await emulator.target();
  await emulator.setClock(10 * MINUTE);
  await changeMasterStandbyAsync(options);
  assert.equal((await emulator.requestsFor(options.instanceId)).length, 1);
});

test("a wrong secret is not taken for a wrong clock", async () => {
  const { credentials, ...options } = await emulator.target();
  const wrong = { ...options, credentials: { ...credentials, sk: "another" } };
  await refused(changeMasterStandbyAsync(wrong), "ServiceResponseError", { httpStatusCode: 401 });
  assert.equal((await emulator.requestsFor(options.instanceId)).length, 1);
});

test("a clock that is wrong and a secret too: two requests, not five", async () => {
  const { credentials, instanceId, ...options } = await emulator.target();
  await emulator.setClock(20 * MINUTE);
  const dcs = new DcsClient({ ...options, credentials: { ...credentials, sk: "another" } });
  await refused(dcs.showInstance({ instanceId }), "ServiceResponseError", { httpStatusCode: 401 });
  assert.equal((await emulator.requestsFor(instanceId)).length, 2);
});

test("an answer without a date that can be read: the refusal is told", async () => {
  const options = await emulator.target();
  await emulator.setClock(20 * MINUTE);
  const strip = async (/** @type {Request} */ request) => {
    const answer = await fetch(request);
    const headers = new Headers(answer.headers);
    headers.delete("date");
    return new Response(answer.body, { status: answer.status, headers });
  };
  await refused(changeMasterStandbyAsync({ ...options, fetch: strip }), "ServiceResponseError", {
    httpStatusCode: 401,
    error_msg: /expired/,
  });
});

describe("dates are compared with those of the service, whatever this machine's clock says", () => {
  for (const minutes of [-1430, -180, 180, 480, 1430]) {
    test(`${minutes} minutes off: a swap that ran twice, and whose answer was lost, is not "not swapped"`, async () => {
      setOwnClock(minutes);
      const { instanceId, ...options } = await emulator.target({ job_ms: 100 });
      const faults = [{ kind: "swap_twice" }, { kind: "drop_after" }];
      const swap = { instance_id: instanceId, operation: "ChangeMasterStandbyAsync" };
      await emulator.arm(swap, { kind: "together", faults });
      const dcs = new DcsClient(options);
      const times = { intervalMs: 200, verifyTimeoutMs: 1000 };
      await assert.rejects(dcs.switchover({ instanceId, ...times }), (/** @type {any} */ error) => {
        assert.equal(error.report.result, "unknown", error.report.reason);
        return true;
      });
      assert.equal((await emulator.counters(instanceId)).swaps_run, 2);
    });

    test(`${minutes} minutes off: the maintenance window is the service's`, async () => {
      setOwnClock(minutes);
      /** @param {number} at */
      const time = (at) => new Date(now() + at * MINUTE).toISOString().slice(11, 19);
      const around = (/** @type {number} */ middle) => ({
        maintain_begin: time(middle - 5),
        maintain_end: time(middle + 5),
      });
      for (const [middle, result] of /** @type {[number, string][]} */ ([
        [0, "swap"],
        [minutes, "not_sent"],
      ])) {
        const { instanceId, ...options } = await emulator.target(around(middle));
        const dcs = new DcsClient(options);
        const plan = await dcs.checkSwitchover({ instanceId, window: "maintenance" });
        assert.equal(plan.result, result, plan.reason);
      }
    });

    test(`${minutes} minutes off: a record has the service's time`, async () => {
      setOwnClock(minutes);
      const { instanceId, ...options } = await emulator.target({ job_ms: 0 });
      /** @type {any[]} */
      const records = [];
      const journal = {
        read: async () => undefined,
        write: async (/** @type {string} */ _key, /** @type {unknown} */ record) =>
          void records.push(record),
        remove: async () => {},
      };
      await new DcsClient(options).switchover({ instanceId, journal, intervalMs: 50 });
      const [, ...parts] = /(....)(..)(..)T(..)(..)(..)Z/.exec(records[0].startedAt) ?? [];
      const [year = 0, month = 0, ...rest] = parts.map(Number);
      const started = Date.UTC(year, month - 1, ...rest);
      assert.ok(Math.abs(started - now()) < MINUTE, records[0].startedAt);
    });
  }
});
