// @ts-check
// Where the master shall be, what has to hold before, and what is only planned.
import assert from "node:assert/strict";
import { test } from "node:test";
import { QUICK, WHERE, newInstance, onTerminal, run, truth } from "./command.mjs";

/** The nodes of an instance, with their zones. @param {string} id */
async function roles(id) {
  const { out } = await run(["roles", id, ...WHERE, "--json"]);
  /** @type {{ nodeId: string, role: string, azCode: string }[]} */
  const nodes = JSON.parse(out);
  const of = (/** @type {string} */ role) => {
    const node = nodes.find((one) => one.role === role);
    assert.ok(node);
    return node;
  };
  return { master: of("master"), standby: of("slave") };
}

const requests = async (/** @type {string} */ id) => (await truth(id)).counters.swap_requests;

test("a goal that is met already: 0, nothing is sent; one that is not is reached, once", async () => {
  for (const goal of ["node", "zone", "away"]) {
    const id = await newInstance();
    const { master, standby } = await roles(id);
    const option = {
      node: ["--to-node", standby.nodeId],
      zone: [`--to-zone=${standby.azCode}`],
      away: ["--away-from-zone", master.azCode],
    }[goal];
    const args = ["switchover", id, ...(option ?? []), ...WHERE, ...QUICK, "--yes"];
    const first = await run(args);
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, new RegExp(`^${id}: swapped in `, "m"));
    const second = await run(args);
    assert.equal(second.code, 0, second.err);
    assert.match(second.out, new RegExp(`^${id}: already in `, "m"));
    assert.equal(await requests(id), 1, goal);
  }
});

test("a goal that is met already is not asked about", async () => {
  const id = await newInstance();
  const { master } = await roles(id);
  const args = ["switchover", id, "--to-node", master.nodeId, ...WHERE];
  const { code, screen } = await onTerminal(args, []);
  assert.equal(code, 0, screen);
  assert.doesNotMatch(screen, /y\/N/);
  assert.match(screen, /: already: /);
  assert.equal(await requests(id), 0);
});

test("2: two goals, or one master of several instances", async () => {
  const ids = [await newInstance(), await newInstance()];
  const two = ["--to-node", "a", "--to-zone", "b"];
  const goals = await run(["switchover", ids[0] ?? "", ...two, ...WHERE, "--yes"]);
  assert.equal(goals.code, 2);
  assert.match(goals.err, /cannot be used with/);
  const master = await run(["switchover", ...ids, "--expect-master", "a", ...WHERE, "--yes"]);
  assert.equal(master.code, 2);
  assert.match(master.err, /--expect-master is the master of one instance/);
  for (const id of ids) assert.equal(await requests(id), 0);
});

test("--expect-master: 1 and nothing is sent if another node is master", async () => {
  const id = await newInstance();
  const { master, standby } = await roles(id);
  const args = ["switchover", id, ...WHERE, ...QUICK, "--yes", "--expect-master"];
  const { code, err } = await run([...args, standby.nodeId]);
  assert.equal(code, 1, err);
  assert.equal(await requests(id), 0);
  assert.equal((await run([...args, master.nodeId])).code, 0);
  assert.equal(await requests(id), 1);
});

test("--dry-run of many: a plan for each, and nothing is swapped", async () => {
  const name = `plan-${process.pid}`;
  const ids = [await newInstance({ name: `${name}-a` }), await newInstance({ name: `${name}-b` })];
  const { master } = await roles(ids[0] ?? "");
  await run(["switchover", ids[1] ?? "", ...WHERE, ...QUICK, "--yes"]);
  const args = ["switchover", "--all", "--name", name, "--away-from-zone", master.azCode];
  const { code, out, err } = await run([...args, ...WHERE, "--dry-run"]);
  assert.equal(code, 0, err);
  assert.match(out, /^NAME +ID +MASTER NOW +MASTER AFTER +PLAN/);
  assert.match(out, new RegExp(`^${name}-a +${ids[0]} .* swap`, "m"));
  assert.match(out, new RegExp(`^${name}-b +${ids[1]} .* already`, "m"));
  assert.match(err, /Nothing was swapped/);
  const values = JSON.parse((await run([...args, ...WHERE, "--dry-run", "--json"])).out);
  const results = values.map((/** @type {any} */ { result }) => result).sort();
  assert.deepEqual(results, ["already", "swap"]);
  assert.deepEqual([await requests(ids[0] ?? ""), await requests(ids[1] ?? "")], [0, 1]);
  // Done for real, twice: each instance is swapped once.
  for (let turn = 0; turn < 2; turn += 1)
    assert.equal((await run([...args, ...WHERE, ...QUICK, "--yes"])).code, 0);
  assert.deepEqual([await requests(ids[0] ?? ""), await requests(ids[1] ?? "")], [1, 1]);
});

test("--dry-run says when it would be refused: 1", async () => {
  const ids = [await newInstance(), await newInstance({ status: "RESTARTING" })];
  const { code, out } = await run(["switchover", ...ids, ...WHERE, "--dry-run"]);
  assert.equal(code, 1);
  assert.match(out, /RESTARTING/);
});

test("2: a goal that is empty", async () => {
  const id = await newInstance();
  const { code } = await run(["switchover", id, "--to-zone", "", ...WHERE, "--yes"]);
  assert.equal(code, 2);
  assert.equal(await requests(id), 0);
});
