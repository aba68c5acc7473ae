// @ts-check
// Aborting and timing out really cancel, and say what became of the swap.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { failure, refused } from "./support/expect.mjs";

const reason = new Error("the operator changed her mind");

test("a signal aborted before: nothing is sent", async () => {
  const options = await emulator.target();
  const signal = AbortSignal.abort(reason);
  assert.equal(await failure(changeMasterStandbyAsync({ ...options, signal })), reason);
  assert.equal((await emulator.requestsFor(options.instanceId)).length, 0);
});

test("a signal aborted without a reason gives the platform's own", async () => {
  const options = await emulator.target();
  const error = await failure(
    changeMasterStandbyAsync({ ...options, signal: AbortSignal.abort() }),
  );
  assert.equal(error.name, "AbortError");
});

test("any value may be the reason", async () => {
  const options = await emulator.target();
  for (const value of [null, 0, "stop", { why: "that" }]) {
    const call = changeMasterStandbyAsync({ ...options, signal: AbortSignal.abort(value) });
    assert.equal(await failure(call), value);
  }
});

test("an abort during the request cancels it", async () => {
  const options = await emulator.target();
  await emulator.arm({ instance_id: options.instanceId }, { kind: "delay", ms: 60_000 });
  const controller = new AbortController();
  /** @type {any[]} */
  const events = [];
  const call = failure(
    changeMasterStandbyAsync({
      ...options,
      signal: controller.signal,
      onEvent: (event) => events.push(event),
    }),
  );
  await until(() => events.some((event) => event.type === "attempt"));
  await sleep(50);
  const start = performance.now();
  controller.abort(reason);
  assert.equal(await call, reason);
  assert.ok(performance.now() - start < 1000);
  // The emulator saw the connection end.
  await until(async () => {
    const [request] = await emulator.requestsFor(options.instanceId);
    return request?.outcome === "abandoned";
  });
  assert.equal(events.at(-1).type, "aborted");
  assert.equal(events.at(-1).outcome, "unknown");
});

test("an abort while the body comes cancels it", async () => {
  const options = await emulator.target();
  await emulator.arm({ instance_id: options.instanceId }, { kind: "slow_bytes", ms_per_byte: 500 });
  const controller = new AbortController();
  const call = failure(changeMasterStandbyAsync({ ...options, signal: controller.signal }));
  await until(async () => (await emulator.requestsFor(options.instanceId)).length > 0);
  controller.abort(reason);
  assert.equal(await call, reason);
});

test("an abort during the wait before a repetition ends it at once", async () => {
  const options = await emulator.target();
  await emulator.arm(
    { instance_id: options.instanceId },
    { kind: "gateway_refused", retry_after: 30 },
  );
  const controller = new AbortController();
  const start = performance.now();
  const error = await failure(
    changeMasterStandbyAsync({
      ...options,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === "retry") setTimeout(() => controller.abort(reason), 20);
      },
    }),
  );
  assert.equal(error, reason);
  assert.ok(performance.now() - start < 5000);
  const counters = await emulator.counters(options.instanceId);
  assert.deepEqual([counters.swap_requests, counters.swaps_run], [1, 0]);
});

test("an abort while credentials are fetched ends the call, and nothing is sent", async () => {
  const options = await emulator.target();
  const controller = new AbortController();
  const call = failure(
    changeMasterStandbyAsync({
      ...options,
      credentials: () => {
        controller.abort(reason);
        return new Promise(() => {});
      },
      signal: controller.signal,
    }),
  );
  assert.equal(await call, reason);
  assert.equal((await emulator.requestsFor(options.instanceId)).length, 0);
});

test("an abort after the end does nothing, and no listener stays", async () => {
  const options = await emulator.target();
  const controller = new AbortController();
  const { signal } = controller;
  let listening = 0;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = function (/** @type {any[]} */ ...args) {
    listening += 1;
    return add.apply(this, /** @type {any} */ (args));
  };
  signal.removeEventListener = function (/** @type {any[]} */ ...args) {
    listening -= 1;
    return remove.apply(this, /** @type {any} */ (args));
  };
  const { job_id } = await changeMasterStandbyAsync({ ...options, signal });
  assert.equal(listening, 0);
  controller.abort(reason);
  assert.ok(job_id);
});

test("an abort ends a whole switchover, whose report is told by its event", async () => {
  const { instanceId, ...options } = await emulator.target({ job_ms: 5000 });
  const controller = new AbortController();
  /** @type {any[]} */
  const events = [];
  const dcs = new DcsClient(options);
  const error = await failure(
    dcs.switchover({
      instanceId,
      intervalMs: 50,
      signal: controller.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.type === "job") controller.abort(reason);
      },
    }),
  );
  assert.equal(error, reason);
  const { report } = events.at(-1);
  assert.equal(report.outcome, "accepted");
  assert.equal(report.result, "unknown");
  // The instance is free for the next one in this client.
  await failure(dcs.switchover({ instanceId, signal: AbortSignal.abort(reason) }));
});

test("timeoutMs: a late answer is a RequestTimeoutError, and the request is cancelled", async () => {
  const options = await emulator.target();
  await emulator.arm({ instance_id: options.instanceId }, { kind: "delay", ms: 60_000 });
  const start = performance.now();
  await refused(changeMasterStandbyAsync({ ...options, timeoutMs: 100 }), "RequestTimeoutError", {
    timeoutMs: 100,
    code: "TIMEOUT",
    outcome: "unknown",
    retryable: false,
    message: /100 ms/,
  });
  const elapsed = performance.now() - start;
  assert.ok(elapsed >= 90 && elapsed < 3000, `${elapsed} ms`);
  await until(async () => {
    const [request] = await emulator.requestsFor(options.instanceId);
    return request?.outcome === "abandoned";
  });
});

test("timeoutMs: holds for the body too", async () => {
  const options = await emulator.target();
  const fault = { kind: "slow_bytes", ms_per_byte: 200 };
  await emulator.arm({ instance_id: options.instanceId }, fault);
  await refused(changeMasterStandbyAsync({ ...options, timeoutMs: 300 }), "RequestTimeoutError", {
    outcome: "unknown",
  });
});

test("timeoutMs: is for one attempt; a read is tried again", async () => {
  const { instanceId, ...options } = await emulator.target();
  await emulator.arm({ instance_id: instanceId }, { kind: "hang" });
  const dcs = new DcsClient({ ...options, timeoutMs: 300, retry: { baseDelayMs: 1 } });
  assert.equal((await dcs.showInstance({ instanceId })).instance_id, instanceId);
});

test("timeoutMs: a provider and a signer that never answer are waited for no longer", async () => {
  const { credentials: _, ...options } = await emulator.target();
  const never = () => /** @type {Promise<any>} */ (new Promise(() => {}));
  for (const given of [{ credentials: never }, { signer: never }]) {
    await refused(
      changeMasterStandbyAsync({ ...options, ...given, timeoutMs: 50 }),
      "CredentialsError",
      { outcome: "not_sent", message: /did not answer in time/ },
    );
  }
  assert.equal((await emulator.requestsFor(options.instanceId)).length, 0);
});

test("a call that has ended keeps no timer: the process may leave", async () => {
  const { spawn } = await import("node:child_process");
  const options = await emulator.target();
  const script = `import { changeMasterStandbyAsync } from "huaweicloud-dcs";
    await changeMasterStandbyAsync({ ...JSON.parse(process.env.OPTIONS), timeoutMs: 600_000 });
    globalThis.fetch = undefined;`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, OPTIONS: JSON.stringify(options) },
    cwd: new URL(".", import.meta.url),
    stdio: "inherit",
  });
  const stuck = setTimeout(() => child.kill(), 20_000);
  const [code] = await once(child, "exit");
  clearTimeout(stuck);
  assert.equal(code, 0);
});

/** @param {() => boolean | Promise<boolean>} condition */
async function until(condition) {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await sleep(25);
  }
  assert.fail(`never came true: ${condition}`);
}
