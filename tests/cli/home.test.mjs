// @ts-check
// Where the command keeps its records: the same folder from wherever it is started, or the next run would swap back.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { QUICK, WHERE, newInstance, newKey, run, truth } from "./command.mjs";

const folder = mkdtempSync(join(tmpdir(), "dcs-cli-home-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const requests = async (/** @type {string} */ id) => (await truth(id)).counters.swap_requests;

for (const value of ["", "state", "./state"]) {
  test(`XDG_STATE_HOME=${JSON.stringify(value)} is as if it were not set`, async () => {
    const id = await newInstance({ job_ms: 1500 });
    const home = mkdtempSync(join(folder, "home-"));
    const more = { HOME: home, XDG_STATE_HOME: value };
    const args = ["switchover", id, ...WHERE, "--interval-ms", "50", "--yes"];
    const [first, second] = ["first", "second"].map((name) => join(home, name));
    mkdirSync(String(first));
    mkdirSync(String(second));
    let killed = false;
    await run(args, {
      more,
      cwd: first,
      onErr: (text, child) => {
        if (killed || !text.includes("job RUNNING")) return;
        killed = true;
        child.kill("SIGKILL");
      },
    });
    assert.ok(existsSync(join(home, ".local/state/huaweicloud-dcs/switchovers")));
    const { code, out, err } = await run(args, { more, cwd: second });
    assert.equal(code, 0, err);
    assert.match(out, /by a switchover that was begun earlier/);
    assert.equal(await requests(id), 1);
    assert.deepEqual([readdirSync(String(first)), readdirSync(String(second))], [[], []]);
  });
}

for (const more of /** @type {Record<string, string>[]} */ ([
  { HOME: "" },
  { HOME: "home" },
  { HOME: "", XDG_STATE_HOME: "state" },
  { HUAWEICLOUD_DCS_STATE: "state" },
])) {
  test(`2, nothing is sent or written with ${JSON.stringify(more)}`, async () => {
    const id = await newInstance();
    const cwd = mkdtempSync(join(folder, "cwd-"));
    const args = ["switchover", id, ...WHERE, ...QUICK, "--yes"];
    const { code, err } = await run(args, { more, cwd });
    assert.equal(code, 2, err);
    assert.match(err, /home folder cannot be found|HUAWEICLOUD_DCS_STATE must be an absolute path/);
    assert.equal(await requests(id), 0);
    assert.deepEqual(readdirSync(cwd), []);
    const elsewhere = await run([...args, "--journal", join(cwd, "journal")], { more, cwd });
    assert.equal(elsewhere.code, 0, elsewhere.err);
  });
}

test("HUAWEICLOUD_DCS_STATE moves the records", async () => {
  const id = await newInstance();
  const state = join(folder, "own");
  const args = ["switchover", id, ...WHERE, ...QUICK, "--yes"];
  const { code, err } = await run(args, { more: { HUAWEICLOUD_DCS_STATE: state } });
  assert.equal(code, 0, err);
  assert.ok(existsSync(join(state, "switchovers")));
});

test("no profile is read from the working folder where there is no home", async () => {
  const cwd = mkdtempSync(join(folder, "cwd-"));
  mkdirSync(join(cwd, ".huaweicloud"));
  const { HUAWEICLOUD_SDK_SK: sk } = await newKey();
  writeFileSync(join(cwd, ".huaweicloud", "credentials"), `[basic]\nak=STRANGER\nsk=${sk}\n`);
  for (const HOME of ["", "."]) {
    const args = ["sign", "GET", "https://a.example/", "--profile", "profile"];
    const { code, out, err } = await run(args, { env: {}, more: { HOME }, cwd });
    assert.equal(code, 1, out);
    assert.match(err, /the home folder cannot be found/);
  }
});
