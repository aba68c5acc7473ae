// @ts-check
// Where the command says that it calls, and with whose project; and what names and reasons may do to a terminal.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { config, emulator, newInstance, newKey, run } from "./command.mjs";

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
