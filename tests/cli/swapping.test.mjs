// @ts-check
// `swap` and `switchover`: what is done, what is said, and the exit code.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { test } from "node:test";
import { QUICK, WHERE, arm, newInstance, newKey, run, truth } from "./command.mjs";

const SWAP = "ChangeMasterStandbyAsync";
const ESCAPE = "\u001b";

test("switchover: 0, the roles were seen to change", async () => {
  const id = await newInstance();
  const { code, out, err } = await run(["switchover", id, ...WHERE, ...QUICK, "--yes"]);
  assert.equal(code, 0, err);
  assert.match(out, new RegExp(`^${id}: swapped in .* have changed$`, "m"));
  assert.match(out, /^master .*\nslave |^slave .*\nmaster /m);
  // Piped: plain lines, one a phase, on the other stream.
  assert.match(
    err,
    /^reading the instance and its roles 0\.\d s\nsending the swap .*\nfollowing the job .*\n/,
  );
  assert.ok(![ESCAPE, "\r"].some((mark) => (out + err).includes(mark)), err);
  assert.equal((await truth(id)).counters.swaps_run, 1);
});

test("switchover --json: the report alone", async () => {
  const id = await newInstance();
  const { code, out, err } = await run(["switchover", id, ...WHERE, ...QUICK, "--yes", "--json"]);
  const report = JSON.parse(out);
  assert.deepEqual([code, err], [0, ""]);
  assert.deepEqual([report.instanceId, report.result, report.verified], [id, "swapped", true]);
  assert.notDeepEqual(report.before, report.after);
});

test("switchover: 1, refused", async () => {
  const id = await newInstance({ status: "RESTARTING" });
  const { code, out, err } = await run(["switchover", id, ...WHERE, ...QUICK, "--yes"]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /SwitchoverError: not swapped: .*RESTARTING, not RUNNING.*not_sent/);
  assert.equal((await truth(id)).counters.swap_requests, 0);
});

test("switchover: 1, the job failed", async () => {
  const id = await newInstance();
  await arm(SWAP, id, { kind: "job_fail", reason: "no luck" });
  const { code, out } = await run(["switchover", id, ...WHERE, ...QUICK, "--yes", "--json"]);
  const { error, report } = JSON.parse(out);
  assert.deepEqual([code, error.name, report.result], [1, "SwitchoverError", "not swapped"]);
  assert.match(report.reason, /no luck/);
});

test("switchover: 3, the job does not end", async () => {
  const id = await newInstance();
  await arm(SWAP, id, { kind: "job_hang" });
  const { code, err } = await run(["switchover", id, ...WHERE, ...QUICK, "--yes"]);
  assert.equal(code, 3);
  assert.match(err, /unknown: .*do not swap again/);
});

test("switchover: a lost answer is found out", async () => {
  const id = await newInstance();
  await arm(SWAP, id, { kind: "drop_after" });
  const { code, out, err } = await run(["switchover", id, ...WHERE, ...QUICK, "--yes"]);
  assert.equal(code, 0, err);
  assert.match(out, new RegExp(`^${id}: swapped in `, "m"));
  assert.equal((await truth(id)).counters.swap_requests, 1);
});

test("switchover: 3, an answer was lost, the roles are as before, and no list of tasks can be read", async () => {
  const id = await newInstance();
  await arm(SWAP, id, { kind: "drop_before" });
  await arm("ListBackgroundTask", id, { kind: "status", status: 403 }, { times: 100 });
  const { code, err } = await run(["switchover", id, ...WHERE, ...QUICK, "--yes"]);
  assert.equal(code, 3, err);
  assert.match(err, new RegExp(`read the roles: huaweicloud-dcs roles ${id} `));
});

test("what to type next is run as this was: by npx from a folder, not from npm", async () => {
  const id = await newInstance();
  const env = { ...(await newKey()), npm_command: "exec" };
  const { code, out } = await run(["swap", id, ...WHERE, "--yes"], { env });
  assert.equal(code, 0);
  const [, program] = /: (npx .*) job [0-9a-f]{32} --follow /.exec(out) ?? [];
  assert.equal(program, `npx ${realpathSync(process.env.DCS_PKG ?? "pkg")}`);
});

test("switchover of several: each is told", async () => {
  const ids = [
    await newInstance(),
    await newInstance({ cache_mode: "single" }),
    await newInstance(),
  ];
  const args = [...WHERE, ...QUICK, "--yes", "--concurrency", "2"];
  const { code, out } = await run(["switchover", ...ids, ...args]);
  assert.equal(code, 1);
  const lines = out.trim().split("\n");
  assert.equal(lines.length, 4);
  assert.equal(lines[3], "3 instances: 2 swapped, 1 not swapped");
  for (const [at, result] of ["swapped", "not swapped", "swapped"].entries()) {
    assert.ok(lines[at]?.startsWith(`${ids[at]}: ${result}: `), lines[at]);
  }
  const json = await run(["switchover", ...ids.slice(0, 1), ids[2] ?? "", ...args, "--json"]);
  const states = JSON.parse(json.out).map((/** @type {any} */ one) => one.state);
  assert.deepEqual([json.code, ...states], [0, "fulfilled", "fulfilled"]);
});

test("swap: 0, accepted, and the job is told", async () => {
  const id = await newInstance();
  const { code, out } = await run(["swap", id, ...WHERE, "--yes"]);
  const job = (await truth(id)).jobs[0]?.job_id;
  assert.equal(code, 0);
  assert.ok(job && out.startsWith(`accepted: job ${job}\n`), out);
  // What is told to do next can be pasted.
  const [, next = ""] = /^follow it: huaweicloud-dcs (.*)$/m.exec(out) ?? [];
  assert.equal((await run(next.split(" "))).code, 0, next);
  const json = await run(["swap", await newInstance(), ...WHERE, "--yes", "--json"]);
  assert.match(JSON.parse(json.out).job_id, /^[0-9a-f]{32}$/);
});

test("swap: 1, refused by the service", async () => {
  const { code, out } = await run(["swap", randomUUID(), ...WHERE, "--yes", "--json"]);
  const { error } = JSON.parse(out);
  assert.deepEqual(
    [code, error.name, error.httpStatusCode, error.error_code, error.outcome],
    [1, "ServiceResponseError", 404, "DCS.3022", "rejected"],
  );
});

test("swap: 1, not allowed", async () => {
  const id = await newInstance();
  const env = await newKey({ readOnly: true });
  const { code, err } = await run(["swap", id, ...WHERE, "--yes"], { env });
  assert.equal(code, 1);
  assert.match(err, /ServiceResponseError: .*HTTP 403.*\(the request for the swap: rejected\)/);
});

test("swap: 3, the answer was lost", async () => {
  const id = await newInstance();
  await arm(SWAP, id, { kind: "drop_after" });
  const { code, err } = await run(["swap", id, ...WHERE, "--yes"]);
  assert.equal(code, 3);
  assert.match(err, /^ConnectionError: .*\(the request for the swap: unknown\)/);
  assert.equal((await truth(id)).counters.swap_requests, 1);
});

for (const command of ["swap", "switchover"]) {
  test(`${command}: 2 without a terminal and without --yes, nothing is sent`, async () => {
    const id = await newInstance();
    const { code, err } = await run([command, id, ...WHERE]);
    assert.equal(code, 2);
    assert.match(err, /no terminal to ask on: add --yes/);
    assert.equal((await truth(id)).counters.swap_requests, 0);
  });

  test(`${command} --dry-run shows the request and swaps nothing`, async () => {
    const id = await newInstance();
    const { code, out, err } = await run([command, id, ...WHERE, "--dry-run"]);
    assert.equal(code, 0, err);
    assert.match(out, new RegExp(`would send: PUT http://.*/instances/${id}/async-swap\n`));
    assert.equal(/^master /m.test(out), command === "switchover");
    assert.equal((await truth(id)).counters.swap_requests, 0);
  });

  test(`${command} --dry-run: what would be refused is refused`, async () => {
    const id = await newInstance({ status: "RESTARTING" });
    const { code } = await run([command, id, ...WHERE, "--dry-run"]);
    // A plain swap reads nothing before it.
    assert.equal(code, command === "switchover" ? 1 : 0);
  });
}

test("--quiet: the result alone", async () => {
  const id = await newInstance();
  const args = ["switchover", id, ...WHERE, ...QUICK, "--yes", "--quiet"];
  const { code, out, err } = await run(args);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, new RegExp(`^${id}: swapped in`, "m"));
});

test("several: 2/3 as each ends, where there is no terminal", async () => {
  const ids = [await newInstance(), await newInstance(), await newInstance()];
  const args = ["switchover", ...ids, ...WHERE, ...QUICK, "--yes", "--concurrency", "1"];
  const { code, err } = await run(args);
  assert.equal(code, 0, err);
  for (const [at, id] of ids.entries())
    assert.match(err, new RegExp(`^${at + 1}/3 ${id}: swapped: `, "m"));
});

test("several, as values: a line each, a row each", async () => {
  const ids = [await newInstance(), await newInstance({ cache_mode: "single" })];
  const args = ["switchover", ...ids, ...WHERE, ...QUICK, "--yes"];
  const { code, out } = await run([...args, "-o", "jsonl"]);
  const [first, second] = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    [code, first.report.result, second.error.name],
    [1, "swapped", "SwitchoverError"],
  );
  const csv = (await run([...args, "-o", "csv"])).out.trim().split("\n");
  assert.equal(csv[0], "instance,name,result,master_before,master_after,duration_ms,reason");
  assert.match(csv[1] ?? "", new RegExp(`^${ids[0]},,swapped,`));
});

test("--stop-on-failure begins no further one", async () => {
  const ids = [await newInstance({ status: "RESTARTING" }), await newInstance()];
  const args = [...WHERE, ...QUICK, "--yes", "--concurrency", "1", "--stop-on-failure"];
  const { code, out } = await run(["switchover", ...ids, ...args]);
  assert.equal(code, 1);
  assert.match(out, new RegExp(`^${ids[1]}: skipped$`, "m"));
  assert.equal((await truth(ids[1] ?? "")).counters.swap_requests, 0);
});

test("several, one of them in doubt: 3", async () => {
  const ids = [await newInstance(), await newInstance()];
  await arm(SWAP, ids[1] ?? "", { kind: "job_hang" });
  const { code, out, err } = await run(["switchover", ...ids, ...WHERE, ...QUICK, "--yes"]);
  assert.equal(code, 3, err);
  assert.match(out, /2 instances: 1 swapped, 1 unknown/);
});

test("--name chooses those whose name contains it, and leaves out what has no standby", async () => {
  const name = `group-${process.pid}`;
  const ids = [await newInstance({ name: `${name}-a` }), await newInstance({ name: `${name}-b` })];
  const single = await newInstance({ name: `${name}-c`, cache_mode: "single" });
  const args = ["switchover", "--name", name, ...WHERE, ...QUICK, "--yes"];
  const { code, out, err } = await run(args);
  assert.equal(code, 0, err);
  for (const id of ids) assert.equal((await truth(id)).counters.swap_requests, 1);
  assert.equal((await truth(single)).counters.swap_requests, 0);
  assert.match(err, /left out: 1 that is not master\/standby/);
  assert.match(out, /^2 instances: 2 swapped$/m);
  assert.match(out, new RegExp(`^${name}-a \\(${ids[0]}\\): swapped: `, "m"));
});

test("2: instances named, and chosen as well; one given twice", async () => {
  const name = `twice-${process.pid}`;
  const id = await newInstance({ name });
  const both = await run(["switchover", id, "--all", ...WHERE, "--yes"]);
  assert.deepEqual([both.code, both.out], [2, ""]);
  const twice = await run(["switchover", id, name, ...WHERE, "--yes"]);
  assert.equal(twice.code, 2);
  assert.match(twice.err, /is given twice/);
  assert.equal((await truth(id)).counters.swap_requests, 0);
});
