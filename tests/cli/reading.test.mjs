// @ts-check
// `roles`, `job`, `tasks`, `instances`, `regions`: what is read, and how it is printed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WHERE, arm, config, emulator, newInstance, newKey, run, truth } from "./command.mjs";

/** Swaps, and gives the job. @param {object} [fault] @param {object} [overrides] */
async function newJob(fault, overrides) {
  const id = await newInstance(overrides);
  if (fault) await arm("ChangeMasterStandbyAsync", id, fault);
  const { code } = await run(["swap", id, ...WHERE, "--yes"]);
  assert.equal(code, 0);
  return (await truth(id)).jobs[0]?.job_id ?? "";
}

test("job reads the state once", async () => {
  const job = await newJob({ kind: "job_hang" });
  const { code, out } = await run(["job", job, ...WHERE]);
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^job ${job}: (INIT|RUNNING)\n$`));
});

test("job --follow: 0 on SUCCESS", async () => {
  const job = await newJob(undefined, { job_ms: 8000 });
  const { code, out, err } = await run(["job", job, "--follow", ...WHERE, "--interval-ms", "50"]);
  assert.deepEqual([code, out], [0, `job ${job}: SUCCESS\n`]);
  assert.match(err, /^job RUNNING$/m);
});

test("job --follow: 1 on FAIL, with the reason", async () => {
  const job = await newJob({ kind: "job_fail", reason: "no luck" });
  const args = ["job", job, "--follow", ...WHERE, "--interval-ms", "50"];
  const { code, err } = await run(args);
  assert.equal(code, 1);
  assert.match(err, /no luck/);
});

test("job --follow: 3 when the time is up", async () => {
  const job = await newJob({ kind: "job_hang" });
  const times = ["--interval-ms", "50", "--follow-timeout-ms", "200"];
  const { code } = await run(["job", job, "--follow", ...WHERE, ...times]);
  assert.equal(code, 3);
});

test("job --follow: 3 when it can no longer be read, and was not over", async () => {
  const id = await newInstance({ job_ms: 8000 });
  await run(["swap", id, ...WHERE, "--yes"]);
  const job = (await truth(id)).jobs[0]?.job_id ?? "";
  const refusal = { kind: "status", status: 403, error_code: "APIGW.0302", shape: "gateway" };
  // By its job: a look-up of a job names no instance.
  const key = await newKey();
  await emulator.ask("POST", "faults", {
    match: { operation: "ShowJobInfo", access_key: key.HUAWEICLOUD_SDK_AK },
    fault: refusal,
    skip: 2,
    times: 100,
  });
  const args = ["job", job, "--follow", ...WHERE, "--interval-ms", "50"];
  const { code, err } = await run(args, { env: key });
  assert.equal(code, 3, err);
  assert.match(err, /HTTP 403[^]*it was (INIT|RUNNING) when it was read last/);
});

test("job: 1 when there is none", async () => {
  const { code, err } = await run(["job", "0".repeat(32), ...WHERE]);
  assert.equal(code, 1);
  assert.match(err, /HTTP 404/);
});

test("roles of an instance, by id and by name", async () => {
  const name = `roles-${process.pid}`;
  const id = await newInstance({ name });
  const { nodes } = await truth(id);
  for (const word of [id, name]) {
    const { code, out } = await run(["roles", word, ...WHERE]);
    assert.equal(code, 0);
    assert.match(out, /^ROLE +NODE +IP +ZONE +STATUS\n/);
    for (const { role, node_id: node } of nodes)
      assert.match(
        out,
        new RegExp(`^${role} +${node} +[\\d.]+ +${config.region}\\w? +Active$`, "m"),
      );
  }
  const { out } = await run(["roles", id, await newInstance(), ...WHERE, "-o", "csv"]);
  const lines = out.trim().split("\n");
  assert.equal(lines[0], "instance,name,role,node,ip,zone,status");
  assert.equal(lines.length, 5);
});

test("tasks of an instance, by its name; an instance without any says so", async () => {
  const name = `tasks-${process.pid}`;
  const id = await newInstance({ name });
  const none = await run(["tasks", name, ...WHERE]);
  assert.deepEqual([none.code, none.out], [0, ""]);
  assert.match(none.err, new RegExp(`^${name} \\(${id}\\) has no background tasks`));
  await run(["swap", id, ...WHERE, "--yes"]);
  const { code, out, err } = await run(["tasks", name, ...WHERE]);
  assert.equal(code, 0, err);
  assert.match(out, /^ID +NAME +STATUS +/);
  assert.match(out, /masterStandbySwapJob/);
  const [task] = JSON.parse((await run(["tasks", id, ...WHERE, "--json"])).out);
  assert.equal(task.name, "masterStandbySwapJob");
});

test("--profile names who signs", async () => {
  const { HUAWEICLOUD_SDK_AK: ak, HUAWEICLOUD_SDK_SK: sk } = await newKey();
  const env = {
    HW_ACCESS_KEY: ak,
    HW_SECRET_KEY: sk,
    HUAWEICLOUD_SDK_AK: "another",
    HUAWEICLOUD_SDK_SK: "wrong",
  };
  const named = await run(["instances", ...WHERE, "--profile", "terraform"], { env });
  assert.equal(named.code, 0, named.err);
  assert.equal((await run(["instances", ...WHERE], { env })).code, 1);
  const none = await run(["instances", ...WHERE, "--profile", "no-such"], { env });
  assert.equal(none.code, 1);
  assert.match(none.err, /CredentialsError/);
});

test("a name that several instances have: the candidates are told, and nothing is sent", async () => {
  const name = `twin-${process.pid}`;
  const ids = [await newInstance({ name }), await newInstance({ name })];
  const { code, err } = await run(["switchover", name, ...WHERE, "--yes"]);
  assert.equal(code, 2);
  for (const id of ids) {
    assert.match(err, new RegExp(`${id}  ${name}`));
    assert.equal((await truth(id)).counters.swap_requests, 0);
  }
});

test("a name that only begins like one: it is told, and not taken", async () => {
  const name = `almost-${process.pid}`;
  const id = await newInstance({ name });
  const { code, err } = await run(["swap", name.slice(0, -1), ...WHERE, "--yes"]);
  assert.equal(code, 2);
  assert.match(err, new RegExp(`names like it:\\s+${id}  ${name}`));
  assert.equal((await truth(id)).counters.swap_requests, 0);
});

test("instances have a header, a mode and zones; --roles reads the roles", async () => {
  const name = `list-${process.pid}`;
  const id = await newInstance({ name });
  const { code, out } = await run(["instances", ...WHERE, "--name", name]);
  assert.equal(code, 0);
  assert.match(out, /^ID +NAME +STATUS +MODE +ENGINE +CAPACITY +ZONES\n/);
  assert.match(
    out,
    new RegExp(`^${id}  ${name}  RUNNING  ha +Redis [\\d.]+ +4 GB +${config.region}`, "m"),
  );
  const roles = await run(["instances", ...WHERE, "--name", name, "--roles"]);
  assert.match(roles.out, /ZONES +MASTER +STANDBY\n/);
  const values = await run(["instances", ...WHERE, "--name", name, "--roles", "--json"]);
  const [one] = JSON.parse(values.out);
  assert.deepEqual(
    [one.instance_id, one.nodes.map((/** @type {any} */ { role }) => role).sort()],
    [id, ["master", "slave"]],
  );
});

test("the formats: JSON, a value a line, and CSV whose fields are quoted", async () => {
  const name = `format-${process.pid} "a,b"`;
  const ids = [await newInstance({ name }), await newInstance({ name })].sort();
  const args = ["instances", ...WHERE, "--name", name];
  const ofLines = (await run([...args, "-o", "jsonl"])).out.trim().split("\n");
  assert.deepEqual(ofLines.map((text) => JSON.parse(text).instance_id).sort(), ids);
  assert.equal(JSON.parse((await run([...args, "--output", "json"])).out).length, 2);
  const csv = (await run([...args, "-o", "csv"])).out.trim().split("\n");
  assert.equal(csv[0], "id,name,status,mode,engine,capacity,zones");
  assert.ok(csv[1]?.includes(`,"format-${process.pid} ""a,b""",RUNNING,ha,`), csv[1]);
});

test("columns stay in line under Chinese names", async () => {
  const name = `主备-${process.pid}`;
  await newInstance({ name });
  const { out } = await run(["instances", ...WHERE, "--name", name]);
  const [head = "", row = ""] = out.split("\n");
  // Two characters that take two columns each.
  assert.equal(row.indexOf("RUNNING"), head.indexOf("STATUS") - 2);
});

test("an empty list says so, on standard error", async () => {
  const args = ["instances", ...WHERE, "--name", "no-such-name"];
  const { code, out, err } = await run(args);
  assert.deepEqual([code, out, err], [0, "", 'no instance has a name like "no-such-name"\n']);
  assert.deepEqual(await run([...args, "--json"]), { code: 0, out: "[]\n", err: "" });
  assert.deepEqual(await run([...args, "-o", "jsonl"]), { code: 0, out: "", err: "" });
  assert.equal((await run([...args, "--quiet"])).err, "");
});

test("regions are listed without credentials", async () => {
  const { code, out } = await run(["regions"], { env: {} });
  assert.equal(code, 0);
  assert.match(out, /^ID +ENDPOINT\n/);
  assert.match(out, /^cn-north-4 +https:\/\/dcs\.cn-north-4\.myhuaweicloud\.com$/m);
});

test("instances: 1 with a wrong key", async () => {
  const env = { ...(await newKey()), HUAWEICLOUD_SDK_SK: "wrong" };
  const { code, err } = await run(["instances", ...WHERE], { env });
  assert.equal(code, 1);
  assert.match(err, /HTTP 401/);
});

test("1 without credentials, and what was tried is told", async () => {
  // No metadata service answers here; a key that is half there ends the search of the environment.
  const { code, err } = await run(["instances", ...WHERE], { env: { CLOUD_SDK_AK: "half" } });
  assert.equal(code, 1);
  assert.match(err, /^CredentialsError: .*\n.*CLOUD_SDK_SK is missing/);
});
