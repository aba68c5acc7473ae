// @ts-check
// `job`, `instances`, `sign`; help, and commands that were typed wrongly.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { WHERE, arm, config, emulator, newInstance, newKey, run, truth } from "./command.mjs";

/** Swaps, and gives the job. @param {object} [fault] @param {object} [overrides] */
async function newJob(fault, overrides) {
  const id = await newInstance(overrides);
  if (fault) await arm("ChangeMasterStandbyAsync", id, fault);
  const { code } = await run(["swap", id, ...WHERE, "--yes"]);
  assert.equal(code, 0);
  return (await truth(id)).jobs[0]?.job_id ?? "";
}

test("job reads the state once", async () => {
  const job = await newJob({ kind: "job_hang" });
  const { code, out } = await run(["job", job, ...WHERE]);
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^job ${job}: (INIT|RUNNING)\n$`));
});

test("job --follow: 0 on SUCCESS", async () => {
  const job = await newJob(undefined, { job_ms: 3000 });
  const { code, out, err } = await run(["job", job, "--follow", ...WHERE, "--interval-ms", "50"]);
  assert.deepEqual([code, out], [0, `job ${job}: SUCCESS\n`]);
  assert.match(err, /^job RUNNING$/m);
});

test("job --follow: 1 on FAIL, with the reason", async () => {
  const job = await newJob({ kind: "job_fail", reason: "no luck" });
  const args = ["job", job, "--follow", ...WHERE, "--interval-ms", "50"];
  const { code, err } = await run(args);
  assert.equal(code, 1);
  assert.match(err, /no luck/);
});

test("job --follow: 3 when the time is up", async () => {
  const job = await newJob({ kind: "job_hang" });
  const times = ["--interval-ms", "50", "--follow-timeout-ms", "200"];
  const { code } = await run(["job", job, "--follow", ...WHERE, ...times]);
  assert.equal(code, 3);
});

test("job: 1 when there is none", async () => {
  const { code, err } = await run(["job", "0".repeat(32), ...WHERE]);
  assert.equal(code, 1);
  assert.match(err, /HTTP 404/);
});

test("instances are listed, filtered", async () => {
  const name = `cli-${process.pid}`;
  const id = await newInstance({ name });
  const { code, out } = await run(["instances", ...WHERE, "--name", name]);
  assert.deepEqual([code, out], [0, `${id}  ${name}  RUNNING  Redis  4 GB\n`]);
  const json = await run(["instances", ...WHERE, "--name", name, "--json"]);
  const ids = JSON.parse(json.out).map((/** @type {any} */ one) => one.instance_id);
  assert.deepEqual(ids, [id]);
});

test("instances: 1 with a wrong key", async () => {
  const env = { ...(await newKey()), HUAWEICLOUD_SDK_SK: "wrong" };
  const { code, err } = await run(["instances", ...WHERE], { env });
  assert.equal(code, 1);
  assert.match(err, /HTTP 401/);
});

test("sign masks the signature unless asked", async () => {
  const url = `${emulator.url}/v2/${config.project_id}/instances?limit=1`;
  const { code, out } = await run(["sign", "get", url]);
  assert.equal(code, 0);
  assert.match(out, /^curl -X GET '.*limit=1' \\\n/);
  assert.match(out, /Signature=\*\*\*'/);
  assert.doesNotMatch(out, /[0-9a-f]{64}/);
});

test("sign --show-signature: curl sends what the service accepts", async () => {
  const env = await newKey({ securityToken: "cli-token" });
  const withToken = { ...env, HUAWEICLOUD_SDK_SECURITY_TOKEN: "cli-token" };
  const id = await newInstance();
  const url = `${emulator.url}/v2/${config.project_id}/instances/${id}`;
  const args = ["sign", "GET", url, "-H", "X-Note: it's signed", "--project-id", config.project_id];
  const masked = await run(args, { env: withToken });
  assert.match(masked.out, /X-Security-Token: \*\*\*/);
  const { out } = await run([...args, "--show-signature"], { env: withToken });
  const sent = spawnSync("sh", ["-c", out.replace("curl", "curl --silent")], { encoding: "utf8" });
  assert.equal(JSON.parse(sent.stdout).instance_id, id, sent.stdout + sent.stderr);
});

test("sign --data signs the body; @FILE reads it; V11 takes region and service", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cli-"));
  try {
    const file = join(folder, "body.json");
    writeFileSync(file, '{"a":1}');
    const env = await newKey();
    const signatures = [];
    for (const data of ['{"a":1}', `@${file}`, '{"a":2}']) {
      const date = "X-Sdk-Date: 20261124T000000Z";
      const args = ["sign", "POST", "https://a.example/b", "-d", data, "-H", date, "--json"];
      const { out } = await run([...args, "--show-signature"], { env });
      signatures.push(JSON.parse(out).headers.Authorization);
    }
    assert.equal(signatures[0], signatures[1]);
    assert.notEqual(signatures[0], signatures[2]);
    const v11 = ["--algorithm", "V11-HMAC-SHA256", "--region", "cn-north-4", "--service", "dcs"];
    const { out } = await run(["sign", "GET", "https://a.example/b", ...v11], { env });
    assert.match(out, /Authorization: V11-HMAC-SHA256 Credential=.*\/cn-north-4\/dcs/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("--help and --version", async () => {
  const { code, out } = await run(["swap", "--help"]);
  assert.equal(code, 0);
  for (const word of [
    "switchover",
    "swap",
    "job",
    "instances",
    "sign",
    "Exit codes",
    "--dry-run",
  ]) {
    assert.ok(out.includes(word), word);
  }
  assert.ok(Math.max(...out.split("\n").map((line) => line.length)) <= 110);
  const version = await run(["--version"]);
  assert.match(version.out, /^\d+\.\d+\.\d+\S*\n$/);
  assert.equal((await run([])).code, 2);
});

/** @type {[string[], RegExp][]} */
const slips = [
  [["bogus"], /"bogus" is no command; there are swap, /],
  [["swap"], /INSTANCE_ID is missing/],
  [["swap", "a", "b", "--yes"], /"b" is one argument too many/],
  [["swap", "not-a-uuid", "--yes", ...WHERE], /instanceId must be a UUID/],
  [["swap", "--bogus"], /--bogus/],
  [["swap", "x", "--region", "--yes"], /region/],
  [["instances", "--region", "mars-1"], /region/],
  [
    ["job", "x", "--follow", "--interval-ms", "soon", ...WHERE],
    /--interval-ms must be a whole number/,
  ],
  [["sign", "GET"], /URL is missing/],
  [["sign", "GET", "https://a.example", "-H", "nonsense"], /NAME: VALUE/],
  [["sign", "GET", "https://a.example", "-d", "@/nonexistent"], /--data: .*nonexistent/],
];

for (const [args, message] of slips) {
  test(`2, typed wrongly: ${args.slice(0, 4).join(" ")}`, async () => {
    const { code, out, err } = await run(args);
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, message);
  });
}

for (const option of ["--sk", "--secret-key=x", "--token", "-ak"]) {
  test(`2, credentials on the command line: ${option}`, async () => {
    const { code, err } = await run(["instances", ...WHERE, option]);
    assert.equal(code, 2);
    assert.match(err, /credentials are not taken from the command line/);
  });
}

test("1 without credentials, and what was tried is told", async () => {
  // No metadata service answers here; a key that is half there ends the search of the environment.
  const { code, err } = await run(["instances", ...WHERE], { env: { CLOUD_SDK_AK: "half" } });
  assert.equal(code, 1);
  assert.match(err, /^CredentialsError: .*\n.*CLOUD_SDK_SK is missing/);
});
