// @ts-check
// A call while a test framework has replaced the platform's schedulers: the module works on afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DcsClient } from "huaweicloud-dcs";

const instanceId = "00000000-0000-4000-8000-000000000001";
const instance = { instance_id: instanceId, status: "RUNNING" };

const options = {
  endpoint: "http://127.0.0.1:1",
  projectId: "0".repeat(32),
  credentials: { ak: "AK", sk: "SK" },
  // Not a Response: the platform's own closes its body by what is replaced here.
  fetch: /** @type {any} */ (
    async () => ({
      status: 200,
      headers: new Headers(),
      text: async () => JSON.stringify(instance),
    })
  ),
};

const NAMES = ["queueMicrotask", "setTimeout", "clearTimeout", "setImmediate", "setInterval"];

/**
 * Replaces the schedulers by ones that keep what they are given, as fake timers do; gives what restores them.
 * @param {string[]} names
 */
function fake(names) {
  const real = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      writable: true,
      value: () => ({}),
    });
  }
  return () => {
    for (const [name, descriptor] of /** @type {[string, PropertyDescriptor][]} */ (real))
      Object.defineProperty(globalThis, name, descriptor);
  };
}

test("a call begun under fake schedulers ends, also when they are restored meanwhile", async () => {
  const dcs = new DcsClient(options);
  const restore = fake(NAMES);
  const under = dcs.showInstance({ instanceId });
  restore();
  assert.equal((await under).status, "RUNNING");
});

test("a call that begins and ends under fake schedulers", async () => {
  const dcs = new DcsClient(options);
  const restore = fake(NAMES);
  try {
    assert.equal((await dcs.showInstance({ instanceId })).status, "RUNNING");
  } finally {
    restore();
  }
});

test("the module still works after a call that never ended under them", async () => {
  const restore = fake([...NAMES, "fetch"]);
  const never = { ...options, fetch: () => /** @type {Promise<any>} */ (new Promise(() => {})) };
  void new DcsClient(never).showInstance({ instanceId });
  await Promise.resolve();
  restore();
  const dcs = new DcsClient(options);
  assert.equal((await dcs.showInstance({ instanceId })).status, "RUNNING");
});
