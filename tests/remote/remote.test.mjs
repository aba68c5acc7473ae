// @ts-check
// A page that never holds the secret: its back end signs. Tested with a page that plays by the rules, and with one that
// does not.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as emulator from "../node/support/emulator.mjs";
import { backEnd, refusal } from "./back-end.mjs";
import { Chromium } from "./support/chromium.mjs";

const { projectId, SECRET } = emulator;
const key = await emulator.newKey();
const listed = await emulator.newInstance();
const other = await emulator.newInstance();
const options = { endpoint: emulator.url, projectId };

const server = backEnd(key, { ...options, instances: [listed] });
const chromium = new Chromium();

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await chromium.open(`http://127.0.0.1:${port}/`);
});
after(async () => {
  await chromium.close();
  server.closeAllConnections();
  server.close();
});

/** How a call of the page ends: what it resolves to, or its error. @param {string} call */
const ended = (call) =>
  chromium.evaluate(`${call}.then(
    (value) => ({ value }),
    ({ name, message, outcome, cause }) => ({ name, message, outcome, cause: cause?.message }),
  )`);

/** @param {string} instanceId */
const given = (instanceId) => JSON.stringify({ ...options, instanceId });

test("the page switches a listed instance over, signed by the back end", async () => {
  const { value, ...error } = await ended(`swap(${given(listed)})`);
  assert.equal(value?.result, "swapped", JSON.stringify(error));
  const { swap_requests, swaps_run } = await emulator.counters(listed);
  assert.deepEqual([swap_requests, swaps_run], [1, 1]);
  const requests = await emulator.requestsFor(listed);
  assert.ok(requests.every((request) => request.access_key === key.ak));
});

describe("a page that tries what it may not", () => {
  const refused = {
    name: "CredentialsError",
    outcome: "not_sent",
    cause: "not an operation that this back end signs",
  };

  test("another instance is not signed, and nothing is sent", async () => {
    const { message: _, ...error } = await ended(`swapOnly(${given(other)})`);
    assert.deepEqual(error, refused);
    assert.equal((await emulator.requestsFor(other)).length, 0);
  });

  for (const [what, forge] of [
    [
      "the URL of a listed one for the request of another",
      `{ ...r, url: r.url.replace("${other}", "${listed}") }`,
    ],
    [
      "the method",
      `{ ...r, method: "GET", url: r.url.replace("${other}", "${listed}").replace("/async-swap", "") }`,
    ],
  ]) {
    test(`a signature got by forging ${what} does not fit`, async () => {
      const error = await ended(`swapOnly(${given(other)}, (r) => (${forge}))`);
      assert.equal(error.name, "ServiceResponseError", JSON.stringify(error));
      assert.equal(error.outcome, "rejected");
      assert.match(error.message, /verify aksk signature fail/);
      assert.equal((await emulator.counters(other)).swaps_run, 0);
    });
  }

  test("a canonical request of its own is not looked at", async () => {
    const call = `swapOnly(${given(other)}, (r) => ({ ...r, canonicalRequest: "x", stringToSign: "x" }))`;
    assert.equal((await ended(call)).cause, refused.cause);
  });

  test("a page of another origin is not heard", async () => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const response = await fetch(`http://127.0.0.1:${port}/sign`, { method: "POST", body: "{}" });
    assert.equal(response.status, 403);
  });
});

describe("what the back end signs", () => {
  const allowed = { ...options, instances: [listed] };
  const url = `${emulator.url}/v2/${projectId}/instances/${listed}/async-swap`;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const asked = {
    method: "PUT",
    url,
    headers: { "X-Sdk-Date": date },
    bodySha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    canonicalRequest: "",
    stringToSign: "",
  };

  test("the swap of a listed instance", () => {
    assert.equal(refusal(asked, allowed), undefined);
  });

  for (const [what, change] of /** @type {[string, any][]} */ ([
    ["another instance", { url: url.replace(listed, other) }],
    ["another project", { url: url.replace(projectId, "f".repeat(32)) }],
    ["another host", { url: url.replace(emulator.url, "https://evil.example.com") }],
    ["another method", { method: "DELETE" }],
    ["a path that goes on", { url: `${url}/../../${other}/async-swap` }],
    ["a query", { url: `${url}?x=y` }],
    ["a list of URLs", { url: [url, url] }],
    [
      "a job's path that goes on",
      { method: "GET", url: `${emulator.url}/v2/${projectId}/jobs/../x` },
    ],
    ["no URL", { url: undefined }],
    ["a body", { bodySha256: "0".repeat(64) }],
    ["an old date", { headers: { "X-Sdk-Date": "20200101T000000Z" } }],
    ["no date", { headers: {} }],
    ["no headers", { headers: undefined }],
  ])) {
    test(`not: ${what}`, () => {
      assert.equal(typeof refusal({ ...asked, ...change }, allowed), "string");
    });
  }
});

test("a heap snapshot of the page does not hold the secret", async () => {
  const held = "HELD-BY-THE-PAGE-4f0c9d";
  await chromium.evaluate(`window.held = ["${held.slice(0, 8)}", "${held.slice(8)}"].join(""), 0`);
  const { value } = await ended(`swap(${given(listed)})`);
  assert.equal(value.result, "swapped");
  const snapshot = await chromium.heapSnapshot();
  // It is read as text: what a page holds is found in it.
  assert.ok(snapshot.includes(held), "the search would find it");
  assert.ok(snapshot.includes(key.ak), "what the back end gave is there");
  assert.ok(!snapshot.includes(SECRET), "the secret is in the page");
});
