// @ts-check
// Events: what a caller is told of progress.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";

/** @returns {{ events: any[], onEvent: (event: any) => void }} */
function listen() {
  /** @type {any[]} */
  const events = [];
  return { events, onEvent: (event) => events.push(event) };
}

test("an attempt and its answer", async () => {
  const options = await emulator.target();
  const { events, onEvent } = listen();
  const answer = await changeMasterStandbyAsync({ ...options, onEvent });
  const path = `/v2/${emulator.projectId}/instances/${options.instanceId}/async-swap`;
  assert.equal(typeof events[1].elapsedMs, "number");
  delete events[1].elapsedMs;
  const about = { operation: "changeMasterStandbyAsync", attempt: 1 };
  assert.deepEqual(events, [
    { type: "attempt", ...about, method: "PUT", url: emulator.url + path },
    { type: "response", ...about, httpStatusCode: 200, requestId: answer.requestId },
  ]);
});

test("repetitions say how long, and why", async () => {
  const { instanceId, ...options } = await emulator.target();
  await emulator.arm({ instance_id: instanceId }, { kind: "gateway_refused", retry_after: 0 });
  await emulator.arm({ instance_id: instanceId }, { kind: "drop_before" });
  const { events, onEvent } = listen();
  const dcs = new DcsClient({ ...options, retry: { baseDelayMs: 1, maxDelayMs: 1 } });
  await dcs.showInstance({ instanceId, onEvent });
  assert.deepEqual(
    events.map((event) => [event.type, event.attempt, event.reason ?? event.httpStatusCode]),
    [
      ["attempt", 1, undefined],
      ["response", 1, 429],
      ["retry", 1, "throttled"],
      ["attempt", 2, undefined],
      ["retry", 2, "failed"],
      ["attempt", 3, undefined],
      ["response", 3, 200],
    ],
  );
  for (const event of events.filter((each) => each.type === "retry")) {
    assert.ok(event.delayMs >= 0 && event.delayMs <= 1);
  }
});

test("a switchover tells its phases, its requests, its job and its report", async () => {
  const { instanceId, ...options } = await emulator.target();
  const { events, onEvent } = listen();
  const dcs = new DcsClient(options);
  const report = await dcs.switchover({ instanceId, onEvent, intervalMs: 50 });
  const phases = events.filter((event) => event.type === "phase");
  assert.deepEqual(
    phases.map((event) => event.phase),
    ["check", "swap", "follow", "verify", "done"],
  );
  assert.ok(phases.every((event) => event.instanceId === instanceId));
  const jobs = events.filter((event) => event.type === "job");
  assert.equal(jobs.at(-1).job.status, "SUCCESS");
  const last = events.at(-1);
  assert.deepEqual([last.type, last.report], ["report", report]);
  const times = events.map((event) => event.elapsedMs).filter((ms) => ms !== undefined);
  assert.ok(times.every((ms) => ms >= 0 && Number.isInteger(ms)));
});

test("what a listener throws is ignored", async () => {
  const options = await emulator.target();
  const answer = await changeMasterStandbyAsync({
    ...options,
    onEvent: () => {
      throw new Error("of the listener");
    },
  });
  assert.ok(answer.job_id);
});

test("an event is the listener's own: changing it changes nothing", async () => {
  const { instanceId, ...options } = await emulator.target();
  const dcs = new DcsClient(options);
  const report = await dcs.switchover({
    instanceId,
    intervalMs: 50,
    onEvent: (event) => {
      for (const name of Object.keys(event)) delete (/** @type {any} */ (event)[name]);
    },
  });
  assert.equal(report.result, "swapped");
});
