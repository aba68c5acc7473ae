// @ts-check
import { test } from "node:test";
import assert from "node:assert/strict";
import { source } from "../support/source.mjs";

const { toCsv, toJson } = await source("state/history.ts");

const entry = {
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  name: '=HYPERLINK("x"), "quoted"',
  where: "cn-north-4",
  report: {
    instanceId: "00000000-0000-4000-8000-000000000001",
    result: "swapped",
    verified: true,
    outcome: "accepted",
    reason: "line\nbreak",
    durationMs: 1234,
    attempts: { swap: 1, reads: 4 },
  },
};

test("a CSV quotes its cells and runs no formula", () => {
  const [head, ...rows] = toCsv([entry]).split("\r\n");
  assert.match(head, /^"time","instance","name","where","result","verified","outcome"/);
  assert.match(rows[0], /^"2026-01-02T03:04:05.000Z","00000000-/);
  assert.ok(rows[0].includes(`"'=HYPERLINK(""x""), ""quoted"""`));
  assert.ok(rows[0].includes('"swapped","true","accepted","1234",""'));
});

test("the JSON holds the whole report", () => {
  const [parsed] = JSON.parse(toJson([entry]));
  assert.equal(parsed.at, "2026-01-02T03:04:05.000Z");
  assert.deepEqual(parsed.report, entry.report);
});
