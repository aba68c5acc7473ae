// @ts-check
// Where the command says that it calls, and with whose project; and what names and reasons may do to a terminal.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  QUICK,
  WHERE,
  arm,
  config,
  emulator,
  newInstance,
  newKey,
  onTerminal,
  run,
  truth,
} from "./command.mjs";

const ESCAPE = "\u001b";
const ASKED = "now\\? \\[y/N\\] ";
const OTHER = "f".repeat(32);
/** The region of the emulator by the environment alone. */
const HERE = {
  [`HUAWEICLOUD_SDK_REGION_DCS_${config.region.toUpperCase().replaceAll("-", "_")}`]: emulator.url,
  HUAWEICLOUD_SDK_IAM_ENDPOINT: emulator.url,
};

const folder = mkdtempSync(join(tmpdir(), "dcs-cli-place-"));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const profile of ["terraform", "koocli", "default"]) {
  test(`--profile ${profile} of another region: its project is not sent to that of the environment`, async () => {
    const id = await newInstance();
    const { HUAWEICLOUD_SDK_AK: ak, HUAWEICLOUD_SDK_SK: sk } = await newKey();
    const elsewhere = { region: "ap-southeast-1", projectId: OTHER };
    const key = { name: "default", mode: "AKSK", accessKeyId: ak, secretAccessKey: sk };
    const HOME = mkdtempSync(join(folder, "home-"));
    mkdirSync(join(HOME, ".hcloud"));
    const profiles = JSON.stringify({ current: "default", profiles: [{ ...key, ...elsewhere }] });
    writeFileSync(join(HOME, ".hcloud", "config.json"), profiles);
    const hw = { HW_ACCESS_KEY: ak, HW_SECRET_KEY: sk, HW_PROJECT_ID: OTHER };
    const env = { ...HERE, ...hw, HW_REGION_NAME: elsewhere.region, HOME };
    const more = { HUAWEICLOUD_SDK_REGION: config.region };
    const { code, err } = await run(["roles", id, "--profile", profile], {
      env: { ...env, ...more },
    });
    assert.equal(code, 0, err);
    const signed = ["sign", "GET", "https://a.example/", "--profile", profile, "--show-signature"];
    const { out } = await run(signed, { env: { ...env, ...more } });
    assert.ok(!out.includes(OTHER), out);
  });
}

test("the question names the region that is called, and the instance by its name", async () => {
  const name = `placed-${process.pid}`;
  const id = await newInstance({ name });
  const steps = () => [{ see: ASKED, type: "n\n" }];
  /** @type {[string[], Record<string, string>, string][]} */
  const cases = [
    [
      ["--endpoint", emulator.url, "--project-id", config.project_id],
      { HUAWEICLOUD_SDK_REGION: "eu-west-101" },
      emulator.url,
    ],
    [[], { ...HERE, HW_REGION_NAME: config.region }, config.region],
    [
      [],
      { ...HERE, HUAWEICLOUD_SDK_REGION: config.region, HW_REGION_NAME: "eu-west-101" },
      config.region,
    ],
    [
      ["--region", config.region],
      { ...HERE, HUAWEICLOUD_SDK_REGION: "eu-west-101" },
      config.region,
    ],
  ];
  for (const command of ["switchover", "swap"])
    for (const [options, more, where] of cases) {
      const { code, screen } = await onTerminal([command, id, ...options], steps(), more);
      assert.equal(code, 1, screen);
      assert.ok(
        screen.replace(/\s+/g, " ").includes(`${name} (${id}) in ${where} master now`),
        screen,
      );
      assert.ok(screen.includes(`Swap the nodes of ${name} (${id}) now?`), screen);
    }
  const other = await newInstance();
  const fleet = await onTerminal(["switchover", id, other], steps(), {
    ...HERE,
    HW_REGION_NAME: config.region,
  });
  assert.ok(fleet.screen.includes(`in ${config.region}:`), fleet.screen);
});

test("names and reasons are shown, and never obeyed", async () => {
  const evil = `${ESCAPE}[2K${ESCAPE}]0;owned\u0007\u202e`;
  const ids = [];
  for (const at of ["a", "b"])
    ids.push(await newInstance({ name: `ev-${process.pid}-${at}${evil}` }));
  const [id = ""] = ids;
  const name = `ev-${process.pid}-`;
  const quick = [...WHERE, ...QUICK];
  const failing = () =>
    arm("ChangeMasterStandbyAsync", id, { kind: "job_fail", reason: `bad ${evil}` });
  /** @type {[string, string][]} */
  const shown = [];
  const terminal = async (/** @type {string[]} */ args, /** @type {any[]} */ steps = []) =>
    shown.push([args.slice(0, 2).join(" "), (await onTerminal(args, steps)).screen]);
  const no = [{ see: ASKED, type: "n\n" }];
  await terminal(["switchover", id, ...quick], no);
  await terminal(["swap", id, ...WHERE], no);
  await terminal(["switchover", "--name", name, ...quick], no);
  await terminal(["switchover", "--name", name, ...quick, "--dry-run"]);
  await terminal(["switchover", "--name", name, ...quick, "--yes"]);
  await terminal(["switchover", `${name}`, ...quick, "--yes"]);
  await failing();
  await terminal(["switchover", id, ...quick, "--yes"]);
  await failing();
  await run(["swap", id, ...WHERE, "--yes"]);
  const job = (await truth(id)).jobs.at(-1)?.job_id ?? "";
  await new Promise((resolve) => setTimeout(resolve, 300));
  await terminal(["job", job, ...WHERE]);
  await terminal(["job", job, "--follow", ...WHERE]);
  await terminal(["instances", "--roles", "--name", name, ...WHERE]);
  for (const [what, screen] of shown) {
    for (const mark of [`${ESCAPE}[2K`, `${ESCAPE}]0`, "\u0007", "\u202e"])
      assert.ok(!screen.includes(mark), `${what}: ${JSON.stringify(screen)}`);
    assert.match(screen.replace(/\s+/g, ""), /\\u001b\]0;owned\\u0007/, what);
  }
});
