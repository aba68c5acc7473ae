// @ts-check
// The journal in a folder, used by processes at once, and by processes that are killed.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileJournal } from "../../pkg-template/lib/journal/file.mjs";
import { HERE, runtimes } from "../transport/runtimes.mjs";
import { start } from "./support/processes.mjs";
import { KEY, accepted, record } from "./support/record.mjs";

const { bun, deno, node22 } = await runtimes();

/** In memory where that can be had: a flush costs nothing there, and what is tested is who gets in. */
const ROOT = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const EXCLUDE_MS = 4000;
const KILLS = 50;

/** @param {import("node:test").TestContext} t */
async function folderOf(t) {
  const folder = await mkdtemp(join(ROOT, "journal-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "records");
}

test("processes of all runtimes that begin at once exclude each other, round after round", async (t) => {
  const folder = await folderOf(t);
  const all = [HERE, node22, bun, deno].map((runtime, at) =>
    start(runtime, ["exclude", folder, `p${at}`, String(EXCLUDE_MS)]),
  );
  const ends = await Promise.all(all.map(({ ended }) => ended));
  let rounds = 0;
  for (const { code, stderr, told } of ends) {
    assert.equal(code, 0, stderr);
    assert.ok(told[0].begun > 0, "each gets in");
    rounds += told[0].begun;
  }
  t.diagnostic(`${rounds} rounds, ${ends.map(({ told }) => told[0].refused)} refused`);
  assert.ok(rounds > 50 && ends.some(({ told }) => told[0].refused > 0));
  assert.deepEqual(await readdir(folder), [], "nothing is left");
});

for (const runtime of [HERE, bun, deno]) {
  test(`a process of ${runtime.name} that is killed leaves a record or none, and nothing in the way`, async (t) => {
    const folder = await folderOf(t);
    const kills = runtime === HERE ? KILLS : KILLS / 2;
    /** @type {Record<string, number>} */
    const found = {};
    const seen = () => Object.keys(found).length;
    // When it is hit is chance: it goes on until it was hit in every state.
    for (let round = 0; round < kills || (seen() < 3 && round < 10 * kills); round += 1) {
      const { child, ended } = start(runtime, ["endless", folder, `r${round}`]);
      // After one of its steps and a part of the next.
      let steps = 1 + (round % 11);
      child.stdout?.on("data", (text) => {
        steps -= String(text).split("\n").length - 1;
        if (steps <= 0) setTimeout(() => child.kill("SIGKILL"), (round % 7) / 2);
      });
      const { signal, stderr, told } = await ended;
      assert.equal(signal, "SIGKILL", stderr);
      const journal = fileJournal(folder);
      const left = await journal.read(KEY);
      const [step, id] = told.at(-1);
      const possible = {
        begin: [undefined, record(id)],
        begun: [record(id), accepted(id)],
        accepted: [accepted(id), undefined],
        removed: [undefined, record(nextOf(id))],
      }[/** @type {string} */ (step)];
      assert.ok(
        possible?.some((one) => JSON.stringify(one) === JSON.stringify(left)),
        `after ${step} ${id} it held ${JSON.stringify(left)}`,
      );
      found[left?.state ?? "none"] = (found[left?.state ?? "none"] ?? 0) + 1;
      await journal.remove(KEY);
      await journal.write(KEY, record("next"));
      await journal.remove(KEY);
    }
    t.diagnostic(JSON.stringify(found));
    assert.equal(seen(), 3, "killed at every state");
    // What was being written; swept once it is old.
    for (const name of await readdir(folder)) assert.match(name, /^\.[\w-]+\.new$/);
  });
}

/** The id of the round after. @param {string} id */
const nextOf = (id) => id.replace(/\d+$/, (round) => String(Number(round) + 1));
