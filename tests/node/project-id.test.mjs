// @ts-check
// The project id: looked up through IAM when it is left out, once, and kept per access key and region.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { DcsClient, changeMasterStandbyAsync } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { failure, refused } from "./support/expect.mjs";

afterEach(() => Promise.all([emulator.setProjects(null), emulator.disarm()]));

const place = { endpoint: emulator.url, iamEndpoint: emulator.url, region: emulator.region };

/** A client of a fresh key that must look its project id up, and an instance. */
async function client(more = {}) {
  const { instanceId, credentials } = await emulator.target();
  const dcs = new DcsClient({ ...place, credentials, ...more });
  return { dcs, instanceId, credentials };
}

test("is found, and kept", async () => {
  const { dcs, instanceId, credentials } = await client();
  await dcs.showInstance({ instanceId });
  await dcs.showInstance({ instanceId });
  await new DcsClient({ ...place, credentials }).showInstance({ instanceId });
  const requests = await emulator.requestsOf(credentials.ak);
  assert.deepEqual(
    requests.map((request) => request.operation),
    ["KeystoneListProjects", "ShowInstance", "ShowInstance", "ShowInstance"],
  );
  const [lookUp, read] = requests;
  assert.equal(lookUp.query, `name=${emulator.region}`);
  assert.equal(lookUp.authentication, "SDK-HMAC-SHA256");
  assert.match(read.path, new RegExp(`^/v2/${emulator.projectId}/`));
});

test("is kept per access key and region", async () => {
  const { instanceId, credentials } = await client();
  const before = await emulator.lookUps();
  await new DcsClient({ ...place, credentials }).showInstance({ instanceId });
  const other = await emulator.newKey();
  await new DcsClient({ ...place, credentials: other }).showInstance({ instanceId });
  assert.equal((await emulator.lookUps()) - before, 2, "of each key");
  await emulator.setProjects([{ id: emulator.projectId, name: "cn-east-3" }]);
  const elsewhere = { ...place, region: "cn-east-3", credentials };
  await new DcsClient(elsewhere).showInstance({ instanceId });
  assert.equal((await emulator.lookUps()) - before, 3, "of each region");
});

for (const [shown, projects, message] of /** @type {[string, any[], RegExp][]} */ ([
  ["none", [], /no project|none/i],
  [
    "several",
    ["a", "b"].map((digit) => ({ id: digit.repeat(32), name: emulator.region })),
    /several|2 projects|more than one/i,
  ],
])) {
  test(`${shown}: the error says what to do, and the swap is not sent`, async () => {
    await emulator.setProjects(projects);
    const { instanceId, credentials } = await client();
    const options = { ...place, credentials, instanceId };
    const error = await refused(changeMasterStandbyAsync(options), "InvalidArgumentError", {
      field: "projectId",
      message,
      outcome: "not_sent",
    });
    assert.match(error.message, /projectId/);
    // Not kept: once it can be found, it is.
    await emulator.setProjects(null);
    assert.ok((await changeMasterStandbyAsync(options)).job_id);
  });
}

test("a refusal of IAM is a ServiceResponseError, and the swap is not sent", async () => {
  const { instanceId, credentials } = await client();
  const wrong = { ...place, instanceId, credentials: { ...credentials, sk: "another" } };
  await refused(changeMasterStandbyAsync(wrong), "ServiceResponseError", {
    httpStatusCode: 401,
    error_msg: /verify aksk signature fail/,
    outcome: "not_sent",
  });
  assert.equal((await emulator.counters(instanceId)).swap_requests, 0);
});

test("an answer that is no list of projects is a ResponseFormatError", async () => {
  for (const body of [
    [],
    {},
    { projects: {} },
    { projects: [{ name: "x" }] },
    { projects: [{ id: "../x", name: emulator.region }] },
  ]) {
    const { dcs, instanceId, credentials } = await client();
    await emulator.arm({ access_key: credentials.ak }, { kind: "body", body });
    const error = await failure(dcs.showInstance({ instanceId }));
    assert.ok(["ResponseFormatError", "InvalidArgumentError"].includes(error.name), String(error));
    assert.equal((await emulator.requestsFor(instanceId)).length, 0);
  }
});

test("the look-up is tried again as any read", async () => {
  const { dcs, instanceId, credentials } = await client({ retry: { baseDelayMs: 1 } });
  await emulator.arm({ access_key: credentials.ak }, { kind: "status", status: 503 });
  assert.equal((await dcs.showInstance({ instanceId })).instance_id, instanceId);
});

test("one look-up however many calls wait; each gets its error when it fails", async () => {
  const { dcs, instanceId, credentials } = await client();
  await emulator.arm({ access_key: credentials.ak }, { kind: "status", status: 404 });
  const before = await emulator.lookUps();
  const swaps = Array.from({ length: 50 }, () =>
    refused(dcs.changeMasterStandbyAsync({ instanceId }), "ServiceResponseError", {
      httpStatusCode: 404,
      outcome: "not_sent",
    }),
  );
  const reads = Array.from({ length: 50 }, () =>
    refused(dcs.showInstance({ instanceId }), "ServiceResponseError", {
      httpStatusCode: 404,
      outcome: undefined,
    }),
  );
  await Promise.all([...swaps, ...reads]);
  assert.equal((await emulator.lookUps()) - before, 1);
});

test("an abort of the call that asked first does not end the look-up for the others", async () => {
  const { dcs, instanceId, credentials } = await client();
  await emulator.arm({ access_key: credentials.ak }, { kind: "delay", ms: 200 });
  const controller = new AbortController();
  const first = failure(dcs.showInstance({ instanceId, signal: controller.signal }));
  const second = dcs.showInstance({ instanceId });
  setTimeout(() => controller.abort("enough"), 50);
  assert.equal(await first, "enough");
  assert.equal((await second).instance_id, instanceId);
});

test("of the credentials themselves goes before a look-up", async () => {
  const { instanceId, credentials } = await client();
  const withProject = { ...credentials, projectId: emulator.projectId };
  for (const given of [withProject, async () => withProject]) {
    await new DcsClient({ ...place, credentials: given }).showInstance({ instanceId });
  }
  const requests = await emulator.requestsOf(credentials.ak);
  assert.deepEqual(
    requests.map((request) => request.operation),
    ["ShowInstance", "ShowInstance"],
  );
});

test("of a token is looked up with the token", async () => {
  const { instanceId } = await client();
  const token = await emulator.newToken();
  const before = await emulator.lookUps();
  const dcs = new DcsClient({ ...place, credentials: { token } });
  assert.equal((await dcs.showInstance({ instanceId })).instance_id, instanceId);
  await dcs.showInstance({ instanceId });
  assert.equal((await emulator.lookUps()) - before, 1);
});

for (const [shown, more] of /** @type {[string, any][]} */ ([
  ["neither region nor iamEndpoint", { region: undefined, iamEndpoint: undefined }],
  ["an unknown region beside an endpoint", { region: "xx-new-1", iamEndpoint: undefined }],
  ["via", { via: emulator.url }],
])) {
  test(`must be given with ${shown}`, async () => {
    const { instanceId, credentials } = await client();
    const options = { ...place, credentials, instanceId, ...more };
    await refused(changeMasterStandbyAsync(options), "InvalidArgumentError", {
      field: "projectId",
      message: /must be given/,
      outcome: "not_sent",
    });
    assert.equal((await emulator.requestsOf(credentials.ak)).length, 0);
  });
}
