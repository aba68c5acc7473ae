// @ts-check
// A record that another run left behind: whatever is asked, it is found out first what became of that one's swap.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { QUICK, WHERE, newInstance, onTerminal, run, truth } from "./command.mjs";

const folder = mkdtempSync(join(tmpdir(), "dcs-cli-open-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const requests = async (/** @type {string} */ id) => (await truth(id)).counters.swap_requests;

/** Whether a role is a node's. @param {string} id @param {string} role */
async function node(id, role) {
  const found = (await truth(id)).nodes.find((one) => one.role === role);
  assert.ok(found);
  return found.node_id;
}

/**
 * An instance whose switchover was killed after its swap, and the journal that knows of it.
 * @param {object} overrides @param {boolean} [over] Whether its job is over.
 */
async function killed(overrides, over = false) {
  const id = await newInstance({ job_ms: 1500, ...overrides });
  const journal = ["--journal", mkdtempSync(join(folder, "journal-"))];
  const [was, will] = [await node(id, "master"), await node(id, "slave")];
  let done = false;
  await run(["switchover", id, ...WHERE, ...journal, "--interval-ms", "50", "--yes"], {
    onErr: (text, child) => {
      if (done || !text.includes("job RUNNING")) return;
      done = true;
      child.kill("SIGKILL");
    },
  });
  assert.equal(await requests(id), 1);
  while (over && (await node(id, "master")) !== will)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return { id, journal, was, will };
}

for (const over of [false, true]) {
  test(`on a terminal: followed without a question, its job ${over ? "over" : "running"}`, async () => {
    const { id, journal } = await killed({ swap_task: "SWITCHING" }, over);
    const args = ["switchover", id, ...WHERE, ...journal, "--interval-ms", "50"];
    const { code, screen } = await onTerminal(args, [], { NO_COLOR: "1" });
    assert.equal(code, 0, screen);
    assert.doesNotMatch(screen, /y\/N|not swapped/);
    assert.match(screen, /a switchover of this instance that began at \S+ has an open record/);
    assert.match(screen, /swapped in .*, by a switchover that was begun earlier/);
    assert.equal(await requests(id), 1);
  });
}

test("--dry-run says that there is one, and leaves it: 3", async () => {
  const { id, journal } = await killed({});
  const args = ["switchover", id, ...WHERE, ...journal, "--dry-run"];
  const { code, out } = await run(args);
  assert.equal(code, 3, out);
  assert.match(out, /that began at \S+ has an open record/);
  assert.doesNotMatch(out, /would send/);
  const value = JSON.parse((await run([...args, "--json"])).out);
  assert.deepEqual([value.dryRun, value.result], [true, "find out"]);
  const many = await run(["switchover", id, await newInstance(), ...args.slice(2)]);
  assert.equal(many.code, 3, many.err);
  assert.match(many.out, new RegExp(`^${id} .*find out .* has an open record`, "m"));
  assert.equal((await run(args)).code, 3);
  assert.equal((await run([...args.slice(0, -1), ...QUICK.slice(0, 2), "--yes"])).code, 0);
  assert.equal(await requests(id), 1);
});

for (const [
  shown,
  goal,
] of /** @type {[string, (one: { was: string, will: string }) => string[]][]} */ ([
  ["--to-node", ({ was }) => ["--to-node", was]],
  ["--expect-master", ({ will }) => ["--expect-master", will]],
])) {
  test(`${shown} that does not hold after it: 1, and the next run swaps`, async () => {
    const one = await killed({});
    const { id, journal } = one;
    const args = ["switchover", id, ...WHERE, ...QUICK.slice(0, 2), "--yes", ...journal];
    const asked = [...args, ...goal(one)];
    const { code, out, err } = await run(asked);
    assert.equal(code, 1, out);
    assert.match(out, /: swapped in .*, by a switchover that was begun earlier/);
    assert.match(err, /run it again/);
    assert.equal(await requests(id), 1);
    const second = await run(asked);
    assert.equal(second.code, 0, second.err);
    assert.equal(await requests(id), 2);
    assert.equal(await node(id, "master"), one.was);
  });
}

test("a goal that does not hold after it: 1, with --json, and of several", async () => {
  const one = await killed({});
  const rest = [...WHERE, ...QUICK.slice(0, 2), "--yes", "--json", "--to-node", one.was];
  const single = await run(["switchover", one.id, ...rest, ...one.journal]);
  const { error, report } = JSON.parse(single.out);
  assert.deepEqual([single.code, report.result, report.resumed], [1, "swapped", true]);
  assert.match(error.message, /run it again/);
  const two = await killed({});
  const zone = ["--away-from-zone", "nowhere"];
  const other = await newInstance();
  const many = ["switchover", two.id, other, ...WHERE, ...QUICK.slice(0, 2), "--yes"];
  const met = await run([...many, ...two.journal, ...zone]);
  assert.equal(met.code, 0, met.err);
  const three = await killed({});
  const unmet = await run([
    ...["switchover", three.id, await newInstance(), ...WHERE, ...QUICK.slice(0, 2), "--yes"],
    ...[...three.journal, "--to-node", three.was],
  ]);
  assert.equal(unmet.code, 1, unmet.out);
  assert.match(unmet.out, new RegExp(`^${three.id}: swapped: .*run it again`, "m"));
  assert.equal(await requests(three.id), 1);
});

test("a goal that holds after it: 0", async () => {
  const { id, journal, was, will } = await killed({});
  const args = ["switchover", id, ...WHERE, ...QUICK.slice(0, 2), "--yes", ...journal];
  const { code, err } = await run([...args, "--to-node", will, "--expect-master", was]);
  assert.equal(code, 0, err);
  assert.equal(await requests(id), 1);
});

test("several on a terminal: asked of those that would be swapped, the other is followed", async () => {
  const { id, journal } = await killed({});
  const other = await newInstance();
  const args = ["switchover", id, other, ...WHERE, ...journal, ...QUICK.slice(0, 2)];
  const steps = [{ see: `Swap the nodes of .*${other}\\)? now\\? \\[y/N\\] `, type: "y\n" }];
  const { code, screen } = await onTerminal(args, steps);
  assert.equal(code, 0, screen);
  assert.match(screen, /2 instances: 2 swapped/);
  assert.deepEqual([await requests(id), await requests(other)], [1, 1]);
});

for (const extension of ["json", "next"]) {
  test(`a damaged record (${extension}): 3, nothing is sent, and no other journal is proposed`, async () => {
    const { id, journal } = await killed({});
    const path = journal[1] ?? "";
    const names = readdirSync(path, { recursive: true }).map(String);
    const own = names.filter((name) => name.endsWith(".next") || name.endsWith(".json"));
    for (const name of own)
      if (name.endsWith(extension) || extension === "json") truncateSync(join(path, name), 7);
    const args = ["switchover", id, ...WHERE, ...QUICK, ...journal];
    const { code, err } = await run([...args, "--yes"]);
    assert.equal(code, 3, err);
    assert.match(err, /is cut short/);
    assert.match(err, /read the roles: /);
    assert.doesNotMatch(err, /--journal none/);
    assert.equal((await run([...args, "--dry-run"])).code, 3);
    const asked = await onTerminal(args, []);
    assert.equal(asked.code, 3, asked.screen);
    const other = await newInstance();
    const many = await run(["switchover", id, other, ...args.slice(2), "--yes"]);
    assert.equal(many.code, 3, many.out);
    assert.match(many.out, new RegExp(`^${id}: unknown: .*is cut short`, "m"));
    assert.equal(await requests(id), 1);
  });
}
