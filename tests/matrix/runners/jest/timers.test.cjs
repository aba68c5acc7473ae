// @ts-check
// Under Jest's fake timers, which replace queueMicrotask as well: a call ends, and so do those after it.
"use strict";
// Jest gives each file a `jest` of its own already.
const { expect, jest: runner, test } = require("@jest/globals");
const dcs = require("huaweicloud-dcs");
const signer = require("huaweicloud-dcs/signer");
const { sign, swap } = require("./probe.cjs");

const real = queueMicrotask;
const config = JSON.parse(process.env.MATRIX_CONFIG ?? "");

/** One request, which waits for no timer. */
function show() {
  const { url, region, projectId, credentials, instanceId } = config;
  const client = new dcs.DcsClient({ region, endpoint: url, projectId, credentials });
  return client.showInstance({ instanceId }).finally(() => client.free());
}

test("a call under fake timers, and a swap with real ones after it", async () => {
  runner.useFakeTimers();
  expect(queueMicrotask).not.toBe(real);
  expect((await show()).instance_id).toBe(config.instanceId);
  runner.useRealTimers();
  expect(await swap(dcs, config)).toBe("SUCCESS");
  expect(await sign(signer, config)).toBe(200);
});
