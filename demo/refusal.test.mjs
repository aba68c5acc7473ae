// @ts-check
// Without a terminal to ask on and without --yes, no real instance is swapped: nothing at all is sent.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const story = fileURLToPath(new URL("switchover.mjs", import.meta.url));
const SK = "MARKER-SK-9f27c1d4e8b3a605";
const args = ["--region", "cn-north-4", "--instance-id", "00000000-0000-4000-8000-000000000001"];

/** @param {string[]} args @param {NodeJS.ProcessEnv} env */
function run(args, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [story, ...args], {
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, text: stdout + stderr };
}

test("a real instance is not swapped unasked", () => {
  const { status, text } = run(args, { HUAWEICLOUD_SDK_AK: "AK", HUAWEICLOUD_SDK_SK: SK });
  assert.equal(status, 1);
  assert.match(text, /no terminal to ask on; nothing was sent/);
  assert.ok(!text.includes(SK));
});

test("a real instance needs credentials of the environment", () => {
  const { status, text } = run([...args, "--yes"], {});
  assert.equal(status, 1);
  assert.match(text, /set HUAWEICLOUD_SDK_AK/);
});

test("half a target is refused", () => {
  const { status, text } = run(args.slice(0, 2), { HUAWEICLOUD_SDK_AK: "AK", CLOUD_SDK_SK: SK });
  assert.equal(status, 1);
  assert.match(text, /belong together/);
});
