// @ts-check
// ChangeMasterStandbyAsync: the one request that swaps, by function and by client.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { refused } from "./support/expect.mjs";

const JOB_ID = /^[0-9a-f]{32}$|^[0-9a-f-]{36}$/;

test("resolves { job_id }, and swaps once", async () => {
  const { instanceId, ...client } = await emulator.target({ job_ms: 0 });
  const before = await emulator.master(instanceId);
  const answer = await changeMasterStandbyAsync({ ...client, instanceId });
  assert.deepEqual(Object.keys(answer), ["job_id"]);
  assert.match(answer.job_id, JOB_ID);
  assert.equal(JSON.stringify(answer), `{"job_id":"${answer.job_id}"}`);
  assert.notEqual(await emulator.master(instanceId), before);
  const { swap_requests, swaps_run } = await emulator.counters(instanceId);
  assert.deepEqual({ swap_requests, swaps_run }, { swap_requests: 1, swaps_run: 1 });
});

test("the answer carries status and request id, not enumerable", async () => {
  const options = await emulator.target();
  const answer = await changeMasterStandbyAsync(options);
  const [request] = await emulator.requestsFor(options.instanceId);
  assert.equal(answer.httpStatusCode, 200);
  assert.equal(answer.requestId, request.request_id);
});

test("a client does the same", async () => {
  const { instanceId, ...options } = await emulator.target();
  const dcs = new DcsClient(options);
  const answer = await dcs.changeMasterStandbyAsync({ instanceId });
  assert.deepEqual(Object.keys(answer), ["job_id"]);
  const job = await dcs.showJobInfo({ jobId: answer.job_id });
  assert.equal(job.job_id, answer.job_id);
  assert.equal(job.job_type, "masterStandbySwapJob");
});

test("what is sent is the request of the API reference, signed", async () => {
  const { credentials, instanceId, ...options } = await emulator.target();
  await changeMasterStandbyAsync({ ...options, credentials, instanceId });
  const [request] = await emulator.requestsFor(instanceId);
  assert.equal(request.method, "PUT");
  assert.equal(request.path, `/v2/${emulator.projectId}/instances/${instanceId}/async-swap`);
  assert.equal(request.query, "");
  assert.equal(request.access_key, credentials.ak);
  assert.equal(request.authentication, "SDK-HMAC-SHA256");
  assert.equal(request.signed_headers, "content-type;host;x-project-id;x-sdk-date");
});

// What the service really refuses, by status. 500 is asked of the emulator.
for (const {
  status,
  code,
  message,
  retryable = false,
  outcome = "rejected",
  given,
  instance,
  fault,
} of /** @type {any[]} */ ([
  {
    status: 400,
    code: "DCS.4049",
    message: /not Running/i,
    instance: { status: "RESTARTING" },
    // A job is at work, and it may be this very swap, sent twice on its way.
    outcome: "unknown",
  },
  { status: 400, code: "DCS.4086", message: /./, instance: { cache_mode: "single" } },
  {
    status: 401,
    code: "APIGW.0301",
    message: /verify aksk signature fail/,
    given: async () => ({ credentials: { ...(await emulator.newKey()), sk: "another" } }),
  },
  {
    status: 403,
    code: "DCS.3002",
    message: /read permission only/,
    given: async () => ({ credentials: await emulator.newKey({ readOnly: true }) }),
  },
  {
    status: 404,
    code: "DCS.3022",
    message: /does not exist/,
    given: () => ({ instanceId: randomUUID() }),
  },
  {
    status: 500,
    code: "DCS.5000",
    message: /Internal service error/,
    retryable: true,
    outcome: "unknown",
    fault: { kind: "status", status: 500, error_code: "DCS.5000" },
  },
])) {
  test(`${status} ${code} is a ServiceResponseError with what the service said`, async () => {
    const options = { ...(await emulator.target(instance)), ...(await given?.()) };
    if (fault) await emulator.arm({ instance_id: options.instanceId }, fault);
    const error = await refused(changeMasterStandbyAsync(options), "ServiceResponseError", {
      httpStatusCode: status,
      code,
      error_code: code,
      error_msg: message,
      requestId: /^[0-9a-f]{32}$/,
      // A swap that may have run is never called retryable.
      retryable: retryable && outcome !== "unknown",
      outcome,
    });
    assert.ok(error.message.includes(error.error_msg) && error.message.includes(code));
    // Never sent again.
    const arrived = await emulator.requestsFor(options.instanceId);
    assert.equal(arrived.length, 1);
  });
}

// `unknown`, not `rejected`: browsers and proxies send a request twice by themselves, so that the job may be this swap.
test("a second swap while a job runs is refused, and swaps nothing", async () => {
  const options = await emulator.target({ job_ms: 500 });
  await changeMasterStandbyAsync(options);
  await refused(changeMasterStandbyAsync(options), "ServiceResponseError", {
    httpStatusCode: 400,
    error_code: "DCS.4017",
    outcome: "unknown",
  });
  assert.equal((await emulator.counters(options.instanceId)).swaps_refused, 1);
});

test("the remaining fields of a service's error are kept", async () => {
  const options = await emulator.target();
  await emulator.arm(
    { instance_id: options.instanceId },
    { kind: "status", status: 403, encoded_authorization_message: "encoded-words" },
  );
  await refused(changeMasterStandbyAsync(options), "ServiceResponseError", {
    httpStatusCode: 403,
    encodedAuthorizationMessage: "encoded-words",
  });
});

test("is sent again only where the gateway proves that it did not run", async () => {
  const options = await emulator.target({ job_ms: 0 });
  const retry = { baseDelayMs: 1, maxDelayMs: 1 };
  await emulator.arm({ instance_id: options.instanceId }, { kind: "gateway_refused" });
  const answer = await changeMasterStandbyAsync({ ...options, retry });
  assert.match(answer.job_id, JOB_ID);
  const counters = await emulator.counters(options.instanceId);
  assert.deepEqual([counters.swap_requests, counters.swaps_run], [2, 1]);
});

// Whatever happens to the answer of a swap, it is never sent a second time.
for (const { kind, name, outcome, swaps, ...fault } of /** @type {any[]} */ ([
  { kind: "drop_before", name: "ConnectionError", outcome: "unknown", swaps: 0 },
  { kind: "drop_after", name: "ConnectionError", outcome: "unknown", swaps: 1 },
  { kind: "status", status: 500, name: "ServiceResponseError", outcome: "unknown", swaps: 0 },
  {
    kind: "status",
    status: 502,
    when: "after",
    name: "ServiceResponseError",
    outcome: "unknown",
    swaps: 1,
  },
  { kind: "status", status: 503, name: "ServiceResponseError", outcome: "unknown", swaps: 0 },
  {
    kind: "status",
    status: 504,
    when: "after",
    name: "ServiceResponseError",
    outcome: "unknown",
    swaps: 1,
  },
  { kind: "status", status: 408, name: "ServiceResponseError", outcome: "unknown", swaps: 0 },
  { kind: "cut_body", name: "ConnectionError", outcome: "unknown", swaps: 1 },
  { kind: "malformed_body", name: "ResponseFormatError", outcome: "unknown", swaps: 1 },
  { kind: "html", name: "ResponseFormatError", outcome: "unknown", swaps: 0 },
  { kind: "no_content", name: "ResponseFormatError", outcome: "unknown", swaps: 1 },
  { kind: "wrong_type", body: "done", name: "ResponseFormatError", outcome: "unknown", swaps: 1 },
  {
    kind: "body",
    body: { job_id: 7 },
    name: "ResponseFormatError",
    outcome: "unknown",
    swaps: 1,
  },
  { kind: "body", body: [], name: "ResponseFormatError", outcome: "unknown", swaps: 1 },
])) {
  const label = [kind, fault.status, fault.when, JSON.stringify(fault.body)].filter(Boolean);
  test(`an answer lost by ${label.join(" ")} is "${outcome}", and no second swap`, async () => {
    const options = await emulator.target({ job_ms: 0 });
    await emulator.arm({ instance_id: options.instanceId }, { kind, ...fault }, { times: 5 });
    const fast = { retry: { baseDelayMs: 1, maxDelayMs: 1 } };
    const error = await refused(changeMasterStandbyAsync({ ...options, ...fast }), name, {
      outcome,
      retryable: false,
    });
    if (name === "ResponseFormatError") assert.equal(typeof error.bodyExcerpt, "string");
    const counters = await emulator.counters(options.instanceId);
    assert.deepEqual([counters.swap_requests, counters.swaps_run], [1, swaps]);
    await emulator.disarm();
  });
}

test("a redirect is not followed", async () => {
  const options = await emulator.target();
  const location = `${emulator.url}/v2/elsewhere`;
  for (const status of [301, 302, 303, 307, 308]) {
    const match = { instance_id: options.instanceId };
    await emulator.arm(match, { kind: "redirect", location, status });
    await refused(changeMasterStandbyAsync(options), "ConnectionError", { outcome: "unknown" });
  }
  const { requests } = await emulator.state(1000);
  assert.ok(!requests.some((/** @type {any} */ request) => request.path === "/v2/elsewhere"));
});

test("an answer of the right kind is taken whatever surrounds it", async () => {
  const options = await emulator.target({ job_ms: 0 });
  for (const fault of [
    { kind: "duplicate_keys" },
    { kind: "header_flood", count: 50 },
    { kind: "informational_1xx", count: 3 },
    { kind: "wrong_type", content_type: "text/html" },
    { kind: "slow_bytes", ms_per_byte: 1 },
    { kind: "body", body: { job_id: "4".repeat(32), more: { than: ["promised"] } } },
  ]) {
    await emulator.arm({ instance_id: options.instanceId }, fault);
    const answer = await changeMasterStandbyAsync(options);
    assert.match(answer.job_id, JOB_ID, fault.kind);
  }
});

test("a body beyond 1 MiB is not read to its end", async () => {
  const options = await emulator.target();
  for (const fault of [{ kind: "huge_body", bytes: 64 * 1024 * 1024 }, { kind: "endless_body" }]) {
    await emulator.arm({ instance_id: options.instanceId }, fault);
    const error = await refused(changeMasterStandbyAsync(options), "ResponseFormatError", {
      outcome: "unknown",
    });
    assert.ok(error.bodyExcerpt.length <= 200);
  }
});
