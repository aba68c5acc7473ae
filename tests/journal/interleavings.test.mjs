// @ts-check
// The journal in a folder, in every order of the steps of processes that use it at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { explore, isExplained } from "./support/explore.mjs";

/** @typedef {import("./support/explore.mjs").Op} Op */

/** A whole switchover. @param {string} id @returns {Op[]} */
const whole = (id) => [
  { op: "read" },
  { op: "write", id },
  { op: "write", id, tag: "accepted" },
  { op: "remove" },
];
/** One that finds out what became of another, then begins its own. @param {string} id @returns {Op[]} */
const resuming = (id) => [{ op: "read" }, { op: "remove" }, { op: "write", id }];

/** Switches from one process to another, and kills, in a run. With 3 each scene takes a minute. */
const SWITCHES = Number(process.env.JOURNAL_SWITCHES ?? 2);

/** @type {[string, Op[][]][]} */
const SCENES = [
  ["one, killed anywhere", [whole("a")]],
  ["two begin at once", [whole("a"), whole("b")]],
  ["one is resumed while it is at work", [whole("a"), resuming("b")]],
  [
    "one writes again and again while it is resumed twice",
    [
      [
        { op: "write", id: "a", tag: "1" },
        { op: "write", id: "a", tag: "2" },
        { op: "write", id: "a", tag: "3" },
      ],
      [{ op: "read" }, { op: "remove" }],
      [{ op: "read" }, { op: "remove" }],
    ],
  ],
  ["one is resumed, and a third begins", [whole("a"), resuming("b"), [{ op: "write", id: "c" }]]],
];

for (const emptyFolderInTheWay of [false, true]) {
  const where = emptyFolderInTheWay ? "as on Windows" : "as on POSIX";
  for (const [what, scripts] of SCENES) {
    test(`${what}, ${where}: every order is explained`, async (t) => {
      const runs = await explore(scripts, SWITCHES, { emptyFolderInTheWay });
      t.diagnostic(`${runs} runs`);
      assert.ok(runs > 10);
    });
  }
}

/** @param {Op["op"]} op @param {number} start @param {string} result @param {string} [id] */
const done = (op, start, result, id = "") => ({ op, id, tag: "", start, end: start + 1, result });

test("the explanation is tested: a second beginning, a lost record and a late removal are not explained", () => {
  const begun = [done("write", 0, "ok", "a")];
  assert.ok(isExplained([...begun, done("read", 2, "a/")]));
  assert.ok(!isExplained([...begun, done("write", 2, "ok", "b")]));
  assert.ok(!isExplained([...begun, done("read", 2, "none")]));
  assert.ok(!isExplained([...begun, done("remove", 2, "ok", "b"), done("read", 4, "none")]));
});
