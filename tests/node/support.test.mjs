// @ts-check
// The builder of responses says what the emulator says, in as few fields.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator } from "../support/emulator.mjs";
import * as responses from "../support/responses.mjs";
import * as support from "./support/emulator.mjs";

const emulator = new Emulator(support.url);
const { token } = support.config;

/** @param {string} method @param {string} path */
async function call(method, path) {
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
  });
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
}

/**
 * Each field of the one is in the other, with a value of the same type.
 * @param {any} built
 * @param {any} answered
 * @param {string} where
 */
function covered(built, answered, where) {
  if (built === null || answered === null) return;
  assert.equal(typeof answered, typeof built, where);
  if (typeof built !== "object") return;
  for (const [name, value] of Object.entries(built)) {
    assert.ok(name in answered, `${where}.${name} is no field of the service`);
    covered(value, answered[name], `${where}.${name}`);
  }
}

test("every response of the builder has only fields of the service's own answer", async () => {
  const id = await support.newInstance();
  const of = `/v2/${support.projectId}`;
  const swap = await call("PUT", `${of}/instances/${id}/async-swap`);
  await emulator.counters(id);
  const { job_id } = swap.body;
  const groups = await call("GET", `${of}/instance/${id}/groups`);
  const [, node] = groups.body.group_list[0].replication_list;
  const dimensions = node.dimensions.map(
    (/** @type {any} */ { name, value }, /** @type {number} */ n) => `dim.${n}=${name},${value}`,
  );
  // The roles were swapped, so the second node is the master; the first one is behind it.
  const [first] = groups.body.group_list[0].replication_list;
  const behind = dimensions.join("&").replace(node.dimensions[1].value, first.dimensions[1].value);
  const to = Date.now();
  const metric =
    `/V1.0/${support.projectId}/metric-data?namespace=SYS.DCS&metric_name=ms_repl_offset&${behind}` +
    `&from=${to - 600_000}&to=${to}&period=1&filter=max`;
  const project = `/v3/projects?name=${support.region}`;
  /** @type {[string, unknown, unknown][]} */
  const pairs = [
    ["accepted", responses.accepted(), swap.body],
    ["groups", responses.groups("slave", "master"), groups.body],
    ["job", responses.job(), (await call("GET", `${of}/jobs/${job_id}`)).body],
    ["instance", responses.instance(), (await call("GET", `${of}/instances/${id}`)).body],
    ["instances", responses.instances(), (await call("GET", `${of}/instances?limit=1`)).body],
    [
      "tasks",
      responses.tasks([responses.task()]),
      (await call("GET", `${of}/instances/${id}/tasks`)).body,
    ],
    ["gaps", responses.gaps([0]), (await call("GET", metric)).body],
    ["projects", responses.projects(), (await call("GET", project)).body],
    ["error", responses.error("c", "m"), (await call("GET", `${of}/instances/${job_id}`)).body],
  ];
  for (const [name, built, answered] of pairs) covered(built, answered, name);
});

test("a stand-in answers operation by operation, a list one by one, and its last for ever", async () => {
  const fetch = responses.service({
    ShowJobInfo: [responses.job("INIT"), responses.job("RUNNING"), responses.job("SUCCESS")],
    ChangeMasterStandbyAsync: () => responses.respond(responses.error("DCS.4049", "busy"), 400),
  });
  const url = `https://dcs.example/v2/${responses.PROJECT_ID}`;
  const states = [];
  for (let turn = 0; turn < 4; turn++) {
    const answer = await fetch(`${url}/jobs/${responses.JOB_ID}`);
    states.push((await answer.json()).status);
  }
  assert.deepEqual(states, ["INIT", "RUNNING", "SUCCESS", "SUCCESS"]);
  const swap = `${url}/instances/${responses.INSTANCE_ID}/async-swap`;
  assert.equal((await fetch(swap, { method: "PUT" })).status, 400);
  assert.equal((await fetch(swap)).status, 404, "a wrong method is no operation");
  const shown = await (await fetch(`${url}/instances/${responses.INSTANCE_ID}`)).json();
  assert.equal(shown.status, "RUNNING");
});

test("the client of the admin addresses changes an instance and sees what is true", async () => {
  const id = await emulator.newInstance({ job_ms: 0, az_codes: ["a", "b"] });
  assert.equal((await emulator.change(id, { task: "BACKUPING" })).task, "BACKUPING");
  await emulator.addTask(id, { name: "ChangeInstanceSpec" });
  await emulator.addNode(id, { az_code: "c" });
  const before = await emulator.master(id);
  await emulator.somebodySwaps(id);
  assert.notEqual(await emulator.master(id), before);
  const { nodes, settings, counters } = await emulator.truth(id);
  assert.deepEqual(
    nodes.map((node) => node.az_code),
    ["a", "b", "c"],
  );
  assert.equal(settings.task, "BACKUPING");
  assert.deepEqual([counters.swap_requests, counters.swaps_run], [0, 1]);
  await assert.rejects(emulator.change(id, /** @type {any} */ ({ taks: "X" })), /taks/);
  assert.match(await emulator.newIdToken(), /^[\w-]+\.[\w-]+\.[\w-]+$/);
});
