// @ts-check
// Values of another realm, as jsdom's and those of a `vm` context are, are as good as those of this one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { DcsClient, signRequest, signedFetch } from "huaweicloud-dcs";

const credentials = { ak: "AK", sk: "SK" };
const request = { method: "POST", url: "https://h.example/a", credentials };

test("a Date, an ArrayBuffer and a view of another realm are signed as those of this one", () => {
  const time = 1_767_323_045_000;
  const here = signRequest({ ...request, date: new Date(time), body: new Uint8Array([1, 2, 3]) });
  const date = runInNewContext(`new Date(${time})`);
  for (const body of ["new Uint8Array([1, 2, 3])", "new Uint8Array([1, 2, 3]).buffer"]) {
    const there = signRequest({ ...request, date, body: runInNewContext(body) });
    assert.deepEqual(there, here);
  }
});

test("a URL that is another class is taken", () => {
  class URL {
    href = "https://h.example/a";
    get [Symbol.toStringTag]() {
      return "URL";
    }
  }
  const url = /** @type {any} */ (new URL());
  const date = "20260102T030405Z";
  assert.deepEqual(signRequest({ ...request, url, date }), signRequest({ ...request, date }));
});

test("expiresAt may be a Date of another realm", async () => {
  const instanceId = "00000000-0000-4000-8000-000000000001";
  let asked = 0;
  const dcs = new DcsClient({
    endpoint: "http://127.0.0.1:1",
    projectId: "0".repeat(32),
    credentials: () => {
      asked += 1;
      return { ...credentials, expiresAt: runInNewContext("new Date(Date.now() + 3600000)") };
    },
    fetch: async () => Response.json({ instance_id: instanceId, status: "RUNNING" }),
  });
  await dcs.showInstance({ instanceId });
  await dcs.showInstance({ instanceId });
  assert.equal(asked, 1);
});

test("signedFetch follows a signal of another realm", async () => {
  /** @type {(() => void)[]} */
  const listeners = [];
  const signal = {
    aborted: false,
    reason: new Error("stop"),
    addEventListener: (/** @type {string} */ _, /** @type {() => void} */ listener) =>
      listeners.push(listener),
    removeEventListener() {},
  };
  const send = signedFetch(credentials, {
    fetch: (/** @type {Request} */ { signal: own }) =>
      new Promise((_, reject) => own.addEventListener("abort", () => reject(own.reason))),
  });
  const sent = send("https://h.example/", /** @type {any} */ ({ signal }));
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const listener of listeners) listener();
  await assert.rejects(sent, signal.reason);
});
