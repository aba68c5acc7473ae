// @ts-check
// ChangeMasterStandby: the swap that answers 204 and has no job.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DcsClient } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

async function made() {
  const { instanceId, ...options } = await emulator.target();
  return { client: new DcsClient(options), instanceId };
}

test("swaps once, with a signed POST without a body", async () => {
  const { client, instanceId } = await made();
  const before = await emulator.master(instanceId);
  const answer = await client.changeMasterStandby({ instanceId });
  assert.deepEqual(Object.keys(answer), []);
  assert.equal(answer.httpStatusCode, 204);
  assert.match(String(answer.requestId), /./);
  for (let tries = 0; (await emulator.master(instanceId)) === before; tries++) {
    assert.ok(tries < 100, "the roles never changed");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [request] = await emulator.requestsFor(instanceId);
  assert.equal(request.method, "POST");
  assert.match(request.path, /\/instances\/[0-9a-f-]+\/swap$/);
  assert.equal((await emulator.counters(instanceId)).swaps_run, 1);
});

test("a lost answer is unknown, and nothing is sent again", async () => {
  for (const kind of ["drop_after", "drop_before"]) {
    const { client, instanceId } = await made();
    await emulator.arm({ instance_id: instanceId }, { kind });
    const call = client.changeMasterStandby({ instanceId });
    await refused(call, "ConnectionError", { outcome: "unknown", retryable: false });
    assert.equal((await emulator.counters(instanceId)).swap_requests, 1);
  }
});

test("a portal's 200 is not taken for the service's 204", async () => {
  const { client, instanceId } = await made();
  await emulator.arm({ instance_id: instanceId }, { kind: "html" });
  const call = client.changeMasterStandby({ instanceId });
  await refused(call, "ResponseFormatError", { outcome: "unknown", httpStatusCode: 200 });
});

test("an id that is none is refused before anything is sent", async () => {
  const { client } = await made();
  const call = client.changeMasterStandby({ instanceId: "x" });
  await refused(call, "InvalidArgumentError", { field: "instanceId", outcome: "not_sent" });
});
