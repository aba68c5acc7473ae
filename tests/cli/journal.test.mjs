// @ts-check
// The journal of the command: a process that dies is followed by one that knows.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { QUICK, WHERE, newInstance, run, truth } from "./command.mjs";

const folder = mkdtempSync(join(tmpdir(), "dcs-cli-journal-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const requests = async (/** @type {string} */ id) => (await truth(id)).counters.swap_requests;
const files = (/** @type {string} */ path) =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
    : [];

test("killed while the job runs: the next run finds out, and does not swap again", async () => {
  const id = await newInstance({ job_ms: 1500 });
  const more = { XDG_STATE_HOME: join(folder, "killed") };
  const args = ["switchover", id, ...WHERE, "--interval-ms", "50", "--yes"];
  let killed = false;
  const first = await run(args, {
    more,
    onErr: (text, child) => {
      if (killed || !text.includes("job RUNNING")) return;
      killed = true;
      child.kill("SIGKILL");
    },
  });
  assert.equal(first.code, null);
  assert.ok(files(more.XDG_STATE_HOME).length > 0, "the record is there");
  const second = await run(args, { more });
  assert.equal(second.code, 0, second.err);
  assert.match(second.out, /: swapped in .*, by a switchover that was begun earlier: /);
  assert.equal(await requests(id), 1);
  assert.equal(files(more.XDG_STATE_HOME).length, 0, "it is gone once the result is proven");
  // After that the next one is a switchover of its own.
  assert.equal((await run(args, { more })).code, 0);
  assert.equal(await requests(id), 2);
});

test("--journal FOLDER is used, --journal none leaves nothing", async () => {
  const id = await newInstance();
  const state = join(folder, "none");
  const own = join(folder, "own");
  const args = ["switchover", id, ...WHERE, ...QUICK, "--yes", "--journal"];
  const none = await run([...args, "none"], { more: { XDG_STATE_HOME: state } });
  assert.equal(none.code, 0, none.err);
  const given = await run([...args, own], { more: { XDG_STATE_HOME: state } });
  assert.equal(given.code, 0, given.err);
  assert.ok(existsSync(own));
  assert.ok(!existsSync(state));
});

test("a journal that cannot be written: 1, nothing is sent, and what to do is said", async () => {
  const id = await newInstance();
  const args = ["switchover", id, ...WHERE, ...QUICK, "--yes", "--journal", "/dev/null/journal"];
  const { code, err } = await run(args);
  assert.equal(code, 1, err);
  assert.match(err, /journal/);
  assert.match(err, /--journal none/);
  assert.equal(await requests(id), 0);
});
