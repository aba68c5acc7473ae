// @ts-check
// One client under load: no call lost, each answer its caller's, memory flat, and nothing left of aborted calls.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { wasmBytes } from "../hostile/memory.mjs";
import { DcsClient } from "huaweicloud-dcs";
import * as emulator from "../node/support/emulator.mjs";

const CALLS = Number(process.env.DCS_LOAD_CALLS ?? 100_000);
const CONCURRENCY = 500;
const WARM = CALLS / 10;

const instances = await Promise.all(Array.from({ length: 100 }, () => emulator.newInstance()));
const { instanceId: _, ...options } = await emulator.target();
const client = new DcsClient({ ...options, retry: false, timeoutMs: 60_000 });
after(() => client.free());

/**
 * Calls `task` for 0 to `count` - 1, so many at a time.
 * @param {number} count
 * @param {(index: number) => Promise<void>} task
 */
async function pool(count, task) {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** @param {number} index */
const instanceOf = (index) => /** @type {string} */ (instances[(index * 31) % instances.length]);

test(`${CALLS} calls, ${CONCURRENCY} at a time`, async () => {
  const requestIds = new Set();
  const before = (await emulator.state()).counters.operations.ShowInstance ?? 0;
  let answered = 0;
  let underWay = 0;
  let most = 0;
  let warm = 0;
  const start = performance.now();
  await pool(CALLS, async (index) => {
    const instanceId = instanceOf(index);
    most = Math.max(most, ++underWay);
    const answer = await client.showInstance({ instanceId });
    underWay -= 1;
    assert.equal(answer.instance_id, instanceId, "an answer that is another caller's");
    assert.equal(answer.httpStatusCode, 200);
    requestIds.add(answer.requestId);
    answered += 1;
    if (answered === WARM) warm = wasmBytes();
  });
  const seconds = (performance.now() - start) / 1000;
  const end = wasmBytes();
  console.log(
    `${answered} calls in ${seconds.toFixed(1)} s, ${Math.round(answered / seconds)} a second, at most ${most} at once; wasm memory ${warm} bytes after ${WARM} calls, ${end} at the end`,
  );
  assert.equal(answered, CALLS);
  assert.equal(requestIds.size, CALLS, "each request got an answer of its own");
  assert.equal(most, CONCURRENCY);
  const arrived = ((await emulator.state()).counters.operations.ShowInstance ?? 0) - before;
  assert.equal(arrived, CALLS, "sent once each");
  assert.ok(warm > 0);
  assert.equal(end, warm, "wasm memory grew");
});

test("half of them aborted: each ends, and nothing is left", async () => {
  const memory = wasmBytes();
  await abortHalf(WARM);
  const { answered, aborted, listening } = await abortHalf(WARM);
  console.log(`${answered} answered, ${aborted} aborted of ${WARM}; wasm memory ${wasmBytes()}`);
  assert.equal(answered + aborted, WARM);
  assert.ok(answered >= WARM / 2 && aborted > WARM / 4, `${answered}, ${aborted}`);
  assert.equal(listening, 0, "a listener stays on a signal");
  // Fragments, once: what a call holds is more than ten times as much for as many calls.
  const grown = (wasmBytes() - memory) / (2 * WARM);
  assert.ok(grown < 100, `wasm memory grew by ${grown} bytes a call`);
  await sleep(100);
  const pending = process.getActiveResourcesInfo().filter((what) => what === "Timeout");
  assert.ok(pending.length <= idle, `${pending.length} timers, ${idle} of them the platform's own`);
  const answer = await client.showInstance({ instanceId: instanceOf(0) });
  assert.equal(answer.instance_id, instanceOf(0));
});

/**
 * Calls, and aborts every other one.
 * @param {number} count
 */
async function abortHalf(count) {
  const reason = new Error("given up");
  let aborted = 0;
  let answered = 0;
  /** @type {Map<AbortSignal, number>} */
  const listeners = new Map();
  await pool(count, async (index) => {
    const instanceId = instanceOf(index);
    const controller = new AbortController();
    const { signal } = controller;
    watch(signal, listeners);
    const call = client.showInstance({ instanceId, signal });
    // At once, in the microtask after, or while the request is on its way.
    if (index % 2 === 0) {
      const when = (index / 2) % 3;
      if (when === 0) controller.abort(reason);
      else if (when === 1) queueMicrotask(() => controller.abort(reason));
      else setTimeout(() => controller.abort(reason), 1);
    }
    try {
      assert.equal((await call).instance_id, instanceId);
      answered += 1;
    } catch (error) {
      assert.equal(error, reason);
      assert.equal(index % 2, 0, "aborted by nobody");
      aborted += 1;
    }
  });
  const listening = [...listeners.values()].filter((left) => left > 0).length;
  return { answered, aborted, listening };
}

/** Timers that run when no call does. */
const idle = 4;

/**
 * Counts who listens to a signal.
 * @param {AbortSignal} signal
 * @param {Map<AbortSignal, number>} listeners
 */
function watch(signal, listeners) {
  const { addEventListener, removeEventListener } = signal;
  listeners.set(signal, 0);
  const count = (/** @type {number} */ by) =>
    listeners.set(signal, (listeners.get(signal) ?? 0) + by);
  signal.addEventListener = (/** @type {any[]} */ ...args) => {
    count(1);
    return addEventListener.apply(signal, /** @type {any} */ (args));
  };
  signal.removeEventListener = (/** @type {any[]} */ ...args) => {
    count(-1);
    return removeEventListener.apply(signal, /** @type {any} */ (args));
  };
}
