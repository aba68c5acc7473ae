// @ts-check
// The command on a real terminal: progress, the question, Ctrl+C, colour.
import assert from "node:assert/strict";
import { test } from "node:test";
import { QUICK, WHERE, arm, config, newInstance, onTerminal, run, truth } from "./command.mjs";

const ESCAPE = "\u001b";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const ASKED = "now\\? \\[y/N\\] ";

/** Often enough to see, and without an end. */
const STEADY = ["--interval-ms", "50"];

/** @param {string} id */
const requests = async (id) => (await truth(id)).counters.swap_requests;

for (const command of ["swap", "switchover"]) {
  test(`${command} asks on a terminal; a no sends nothing`, async () => {
    const id = await newInstance();
    const { code, screen } = await onTerminal(
      [command, id, ...WHERE],
      [{ see: ASKED, type: "n\n" }],
    );
    assert.equal(code, 1, screen);
    assert.match(screen, /Nothing was sent/);
    assert.equal(await requests(id), 0);
  });

  test(`${command} asks on a terminal; a yes swaps`, async () => {
    const id = await newInstance();
    const { code, screen } = await onTerminal(
      [command, id, ...WHERE],
      [{ see: ASKED, type: "y\n" }],
    );
    assert.equal(code, 0, screen);
    assert.equal(await requests(id), 1);
  });

  for (const [name, key] of Object.entries({ "Ctrl+C": CTRL_C, "Ctrl+D": CTRL_D })) {
    test(`${command} asks on a terminal; ${name} sends nothing: 1`, async () => {
      const id = await newInstance();
      const steps = [{ see: ASKED, type: key }];
      const { code, screen } = await onTerminal([command, id, ...WHERE], steps);
      assert.equal(code, 1, screen);
      assert.match(screen, /Nothing was s(ent|wapped)/);
      assert.equal(await requests(id), 0);
    });
  }
}

test("the question comes after the check, and says what will change and what it costs", async () => {
  const name = `asked-${process.pid}`;
  const id = await newInstance({ name });
  const before = (await truth(id)).nodes;
  const { screen } = await onTerminal(
    ["switchover", name, ...WHERE],
    [{ see: ASKED, type: "n\n" }],
  );
  const master = before.find(({ role }) => role === "master")?.node_id;
  const standby = before.find(({ role }) => role === "slave")?.node_id;
  assert.ok(screen.includes(`${name} (${id}) in ${config.region}`), screen);
  assert.match(screen, new RegExp(`master now +${master} [\\d.]+ ${config.region}`));
  assert.match(screen, new RegExp(`master after +${standby} [\\d.]+ ${config.region}`));
  assert.match(screen, /read-only, for up to 30 seconds/);
  assert.match(screen, /connections break/);
  assert.ok(screen.includes(`Swap the nodes of ${name} (${id}) now?`), screen);
});

test("what the check refuses is not asked about: 1", async () => {
  const id = await newInstance({ status: "RESTARTING" });
  const { code, screen } = await onTerminal(["switchover", id, ...WHERE], []);
  assert.equal(code, 1, screen);
  assert.doesNotMatch(screen, /y\/N/);
  assert.match(screen, /not swapped: .*RESTARTING/);
});

test("what was confirmed is what happens: another master by then, and nothing is sent", async () => {
  const id = await newInstance();
  // While the question stands, somebody else swaps.
  const { code, screen } = await onTerminal(
    ["switchover", id, ...WHERE, ...QUICK],
    [{ see: ASKED, type: "y\n", after: ["swap", id, ...WHERE, "--yes"], after_ms: 700 }],
  );
  assert.equal(await requests(id), 1);
  assert.equal(code, 1, screen);
});

test("progress is a line that is redrawn, and is gone at the end", async () => {
  const id = await newInstance({ job_ms: 700 });
  const { code, screen } = await onTerminal(["switchover", id, ...WHERE, ...STEADY, "--yes"], []);
  assert.equal(code, 0, screen);
  assert.ok(screen.includes(`\r${ESCAPE}[K⠋ `), screen);
  assert.match(screen, /following the job \d\.\d s|job RUNNING \d\.\d s/);
  // The last thing drawn is taken away before the result is printed.
  const last = screen.lastIndexOf("⠋");
  assert.ok(screen.slice(last).includes(`${ESCAPE}[J`), screen);
});

test("several instances: a line each, how many have ended, and a summary", async () => {
  const ids = [];
  for (let at = 0; at < 3; at += 1) ids.push(await newInstance({ job_ms: 700 }));
  const args = ["switchover", ...ids, ...WHERE, ...STEADY, "--yes", "--concurrency", "2"];
  const { code, screen } = await onTerminal(args, []);
  assert.equal(code, 0, screen);
  assert.match(screen, /0\/3 ended/);
  assert.match(screen, /2\/3 ended|1\/3 ended/);
  for (const id of ids) assert.match(screen, new RegExp(`[⠋⠙⠸⠴⠦⠇] ${id}: `));
  assert.match(screen, /3 instances: 3 swapped/);
});

test("several instances: the question lists them, with master before and after", async () => {
  const ids = [await newInstance(), await newInstance({ status: "RESTARTING" })];
  const args = ["switchover", ...ids, ...WHERE, ...QUICK];
  const { code, screen } = await onTerminal(args, [{ see: ASKED, type: "y\n" }]);
  assert.match(screen, /MASTER NOW +MASTER AFTER/);
  assert.match(screen, /RESTARTING/);
  assert.equal(code, 1, screen);
  assert.equal(await requests(ids[0] ?? ""), 1);
  assert.equal(await requests(ids[1] ?? ""), 0);
});

test("Ctrl+C while the job runs: 3, and old roles are not told as new ones", async () => {
  const id = await newInstance({ job_ms: 5000 });
  const { code, screen } = await onTerminal(
    ["switchover", id, ...WHERE, "--interval-ms", "50", "--yes"],
    [{ see: "job RUNNING", type: CTRL_C }],
  );
  assert.equal(code, 3, screen);
  assert.match(screen, /roles before the swap/);
  assert.match(screen, /read the roles: huaweicloud-dcs roles /);
});

test("Ctrl+C while swap waits for the answer: 3", async () => {
  const id = await newInstance();
  await arm("ChangeMasterStandbyAsync", id, { kind: "delay", ms: 3000 });
  const { code, screen } = await onTerminal(
    ["swap", id, ...WHERE],
    [
      { see: ASKED, type: "y\n" },
      { see: "y\\r\\n", type: CTRL_C, after_ms: 700 },
    ],
  );
  assert.equal(code, 3, screen);
});

test("colour only on a terminal, and not where NO_COLOR is set", async () => {
  await newInstance();
  const args = ["instances", ...WHERE];
  const coloured = `${ESCAPE}[1mID`;
  assert.ok((await onTerminal(args, [])).screen.includes(coloured));
  assert.ok(!(await onTerminal(args, [], { NO_COLOR: "1" })).screen.includes(ESCAPE));
  assert.ok(!(await onTerminal(args, [], { TERM: "dumb" })).screen.includes(ESCAPE));
  assert.ok(!(await run(args)).out.includes(ESCAPE));
});

test("what the service says is not obeyed by the terminal", async () => {
  const name = `evil-${process.pid}-${ESCAPE}]0;title\u0007${ESCAPE}[2J`;
  await newInstance({ name });
  const { screen } = await onTerminal(["instances", ...WHERE, "--name", "evil"], []);
  assert.ok(!screen.includes(`${ESCAPE}]0`), JSON.stringify(screen));
  assert.match(screen, /\\u001b\]0;title\\u0007/);
});
