// @ts-check
// Who swapped what: an audit that a swap cannot get past.

import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createDcsHandler, fileAudit } from "huaweicloud-dcs/server";
import * as emulator from "../node/support/emulator.mjs";
import { allowAll, asking, newKey, puts, swapOf } from "./support/back-end.mjs";

const folder = mkdtempSync(join(tmpdir(), "dcs-audit-"));
after(() => rmSync(folder, { recursive: true }));

/** @param {any} audit */
const auditing = (audit) => asking(createDcsHandler({ ...allowAll, audit }), "http://back.end");

/** @param {string} file */
const linesOf = (file) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("an audit in a file", () => {
  test("has who, what, when, outcome and request id, before and after a swap", async () => {
    const file = join(folder, "swap");
    const ask = auditing(fileAudit(file));
    const instanceId = await emulator.newInstance();
    const { headers, json } = await ask(swapOf(instanceId), { headers: newKey() });
    const [sending, accepted, ...more] = linesOf(file);
    assert.equal(more.length, 0);
    const what = {
      user: "li.lei",
      operation: "changeMasterStandbyAsync",
      region: emulator.region,
      instanceId,
    };
    const { id, time, ...rest } = sending;
    assert.deepEqual(rest, { ...what, outcome: "sending" });
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
    const { time: later, ...end } = accepted;
    assert.ok(Date.parse(later) >= Date.parse(time));
    assert.deepEqual(end, {
      ...what,
      id,
      outcome: "accepted",
      httpStatusCode: 200,
      requestId: headers.get("x-request-id"),
      jobId: json.job_id,
    });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file, "utf8").includes(emulator.SECRET));
  });

  test("tells of a swap whose answer was lost", async () => {
    const file = join(folder, "lost");
    const ask = auditing(fileAudit(file));
    const instanceId = await emulator.newInstance();
    await emulator.arm({ instance_id: instanceId }, { kind: "drop_after" });
    await ask(swapOf(instanceId), { headers: newKey() });
    const [, { outcome, code }] = linesOf(file);
    assert.deepEqual([outcome, code], ["unknown", "PROXY_CONNECTION"]);
  });

  test("is appended to, one whole line after the other, also after one that was cut", async () => {
    const file = join(folder, "many");
    appendFileSync(file, '{"cut');
    const audit = fileAudit(file);
    /** @type {any} */
    const entry = { user: "x".repeat(2000) };
    await Promise.all(Array.from({ length: 50 }, (_, id) => audit({ ...entry, id })));
    const [cut, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
    assert.equal(cut, '{"cut');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).id),
      Array.from({ length: 50 }, (_, id) => id),
    );
  });

  for (const [what, path] of /** @type {[string, string][]} */ ([
    ["on a full disk", "/dev/full"],
    ["in a folder that is not there", join(folder, "no", "file")],
  ])) {
    test(`${what} lets no swap leave`, { skip: process.platform !== "linux" }, async () => {
      const ask = auditing(fileAudit(path));
      const instanceId = await emulator.newInstance();
      const { status, json, text } = await ask(swapOf(instanceId), { headers: newKey() });
      assert.deepEqual([status, json.error_code, json.outcome], [503, "PROXY_AUDIT", "not_sent"]);
      assert.ok(!text.includes(path), "the page is not told where");
      assert.equal(await puts(instanceId), 0);
      // And a read needs no audit.
      assert.equal((await ask(`GET /v2/-/instances/${instanceId}`)).status, 200);
    });
  }
});

test("what fails after the swap has left is told, and the answer given", async () => {
  /** @type {unknown[]} */
  const told = [];
  const handler = createDcsHandler({
    ...allowAll,
    audit: ({ outcome }) => {
      if (outcome !== "sending") throw new Error("disk full");
    },
    onError: (error) => told.push(error),
  });
  const instanceId = await emulator.newInstance();
  const { status } = await asking(handler, "http://back.end")(swapOf(instanceId), {
    headers: newKey(),
  });
  assert.equal(status, 200);
  assert.match(String(told[0]), /disk full/);
});
