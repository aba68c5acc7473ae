// @ts-check
// The emulator without a network, as the package has it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createEmulator } from "huaweicloud-dcs/emulator";
import { cryptoSign } from "../../benches/crypto-signer.mjs";

/** @typedef {Awaited<ReturnType<typeof createEmulator>>} Cloud */

/**
 * A signed request.
 * @param {Cloud} cloud
 * @param {string} method
 * @param {string} path after the project
 * @param {RequestInit} [init]
 */
function call({ fetch, config }, method, path, init) {
  const url = `${config.endpoint}/v2/${config.projectId}/${path}`;
  const { Host: _, ...headers } = cryptoSign(config.credentials, method, url, {
    "Content-Type": "application/json",
  });
  return fetch(url, { ...init, method, headers });
}

/** @param {Cloud} cloud @param {RequestInit} [init] */
const swap = (cloud, init) =>
  call(cloud, "PUT", `instances/${cloud.instanceIds[0]}/async-swap`, init);

/** @param {Cloud} cloud @param {import("../../pkg-template/emulator.js").Fault} fault */
const arm = ({ admin }, fault) => admin.arm({ operation: "ChangeMasterStandbyAsync" }, fault);

test("a swap is signed, checked, run and followed without a network", async () => {
  const cloud = await createEmulator({ instances: 3, jobMs: 20 });
  assert.equal(cloud.instanceIds.length, 3);
  const id = String(cloud.instanceIds[0]);
  const before = await cloud.admin.master(id);
  const { job_id } = await (await swap(cloud)).json();
  assert.deepEqual(await cloud.admin.counters(id), {
    swap_requests: 1,
    swaps_run: 1,
    swaps_refused: 0,
  });
  assert.equal((await (await call(cloud, "GET", `jobs/${job_id}`)).json()).status, "SUCCESS");
  assert.notEqual(await cloud.admin.master(id), before);
  const list = await (await call(cloud, "GET", "instances")).json();
  assert.equal(list.instance_num, 3);
});

test("a wrong signature is refused", async () => {
  const cloud = await createEmulator();
  const config = { ...cloud.config, credentials: { ...cloud.config.credentials, sk: "wrong" } };
  const refused = await swap({ ...cloud, config });
  assert.equal(refused.status, 401);
  assert.equal((await refused.json()).error_code, "APIGW.0301");
});

test("two clouds know nothing of each other", async () => {
  const [one, two] = await Promise.all([createEmulator({ jobMs: 0 }), createEmulator()]);
  await swap(one);
  const id = String(one.instanceIds[0]);
  assert.equal((await one.admin.counters(id)).swaps_run, 1);
  assert.equal((await two.admin.counters(id)).swaps_run, 0);
});

test("time and randomness are what is given", async () => {
  /** @type {{ at: number, callback: () => void }[]} */
  const timers = [];
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  let filled = 0;
  const cloud = await createEmulator({
    now: () => now,
    random: (bytes) => bytes.fill(++filled),
    setTimeout: (callback, ms) => void timers.push({ at: now + ms, callback }),
    jobMs: 1000,
  });
  const { token } = await cloud.admin.config();
  const of = `${cloud.config.endpoint}/v2/${cloud.config.projectId}`;
  const headers = { "X-Auth-Token": token };
  const begun = await cloud.fetch(`${of}/instances/${cloud.instanceIds[0]}/async-swap`, {
    method: "PUT",
    headers,
  });
  assert.equal(begun.headers.get("date"), "Fri, 02 Jan 2026 03:04:05 GMT");
  const { job_id } = await begun.json();
  assert.match(job_id, /^([0-9a-f]{2})\1{15}$/);
  const job = async () => (await cloud.fetch(`${of}/jobs/${job_id}`, { headers })).json();
  // No real time passes: the timers are rung by hand, in the order of their times.
  const seen = [];
  for (let steps = 0; steps < 5; steps++) {
    seen.push((await job()).status);
    const next = timers.sort((a, b) => a.at - b.at).shift();
    if (!next) break;
    now = next.at;
    next.callback();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(seen, ["INIT", "RUNNING", "RUNNING", "SUCCESS"]);
  const { begin_time, end_time } = await job();
  assert.equal(end_time - begin_time, 1000);
});

test("faults of the connection are what a fetch makes of them", async () => {
  const cloud = await createEmulator({ jobMs: 0 });
  for (const [kind, ran] of /** @type {const} */ ([
    ["drop_before", 0],
    ["drop_after", 1],
  ])) {
    await arm(cloud, { kind });
    await assert.rejects(swap(cloud), { name: "TypeError", message: "fetch failed" });
    assert.equal((await cloud.admin.counters(String(cloud.instanceIds[0]))).swaps_run, ran, kind);
  }
  await arm(cloud, { kind: "cut_body" });
  const cut = await swap(cloud);
  assert.equal(cut.status, 200);
  await assert.rejects(cut.text(), { name: "TypeError", message: "terminated" });
  await arm(cloud, { kind: "informational_1xx", count: 3 });
  assert.match((await (await swap(cloud)).json()).job_id, /^[0-9a-f]{32}$/);
  await arm(cloud, { kind: "slow_bytes", ms_per_byte: 1 });
  assert.match((await (await swap(cloud)).json()).job_id, /^[0-9a-f]{32}$/);
  await arm(cloud, { kind: "huge_body", bytes: 3_000_001 });
  assert.equal((await (await swap(cloud)).arrayBuffer()).byteLength, 3_000_001);
  await arm(cloud, { kind: "no_content" });
  assert.equal((await swap(cloud)).status, 204);
  await arm(cloud, { kind: "redirect", location: "https://elsewhere.example/" });
  await assert.rejects(swap(cloud, { redirect: "error" }), { name: "TypeError" });
  await arm(cloud, { kind: "redirect", location: "https://elsewhere.example/" });
  assert.equal((await swap(cloud, { redirect: "manual" })).status, 302);
});

test("an endless body goes on until its reader has had enough", async () => {
  const cloud = await createEmulator({ jobMs: 0 });
  await arm(cloud, { kind: "endless_body" });
  const { body } = await swap(cloud);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
  let read = 0;
  while (read < 1_000_000) {
    const { value = new Uint8Array() } = await reader.read();
    assert.ok(value.length > 0);
    const blank = value.every((byte) => byte === 32);
    assert.ok(blank, "the frames of the wire are not in the body");
    read += value.length;
  }
  await reader.cancel();
});

test("an answer that stays away, or is slow, ends with the caller's signal", async () => {
  const cloud = await createEmulator({ jobMs: 0 });
  const id = String(cloud.instanceIds[0]);
  for (const fault of /** @type {const} */ ([{ kind: "hang" }, { kind: "delay", ms: 60_000 }])) {
    await arm(cloud, fault);
    const controller = new AbortController();
    // No connection keeps the process alive, so its own timer must.
    setTimeout(() => controller.abort(), 50);
    const { signal } = controller;
    await assert.rejects(swap(cloud, { signal }), { name: "AbortError" });
  }
  const [last] = (await cloud.admin.state(2)).requests.slice(-1);
  assert.equal(last?.outcome, "abandoned", "what was delayed did not begin");
  assert.equal((await cloud.admin.counters(id)).swaps_run, 0);
  await arm(cloud, { kind: "endless_body" });
  const controller = new AbortController();
  const endless = await swap(cloud, { signal: controller.signal });
  setTimeout(() => controller.abort(), 20);
  await assert.rejects(endless.text(), { name: "AbortError" });
});

test("nothing leaves: another origin fails, and a wrong option is named", async () => {
  const cloud = await createEmulator();
  await assert.rejects(cloud.fetch("https://dcs.cn-north-4.myhuaweicloud.com/v2/p/instances"), {
    name: "TypeError",
    message: "fetch failed",
  });
  /** @type {any[]} */
  const wrong = [
    { instnaces: 1 },
    ...[-1, 1.5, NaN, "3", 3n, 1e9].map((instances) => ({ instances })),
    ...[-1, 1e12, null].map((jobMs) => ({ jobMs })),
    ...[{ codes: "x" }, { variety: 1 }, { region: 5 }, { region: "" }],
    ...[{ now: 5 }, { random: true }, { setTimeout: null }],
  ];
  for (const options of wrong) {
    const [name] = Object.keys(options);
    await assert.rejects(createEmulator(options), {
      message: new RegExp(`^huaweicloud-dcs/emulator: ${name} `),
    });
  }
  for (const options of /** @type {any[]} */ ([null, 3, "3"])) {
    await assert.rejects(createEmulator(options), {
      message: "huaweicloud-dcs/emulator: the options must be an object",
    });
  }
});
