// @ts-check
// Help, the version, and usage errors.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { SECRET, WHERE, newInstance, run, truth } from "./command.mjs";

const GOLDEN = fileURLToPath(new URL("golden/", import.meta.url));
/** With DCS_GOLDEN=write the files are made anew; look at the difference before you commit it. */
const WRITE = process.env.DCS_GOLDEN === "write";

const whole = await run(["--help"]);
const commands = [...whole.out.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name = ""]) => name);

/** @param {string} name @param {string} text */
function golden(name, text) {
  const file = `${GOLDEN}${name}.txt`;
  if (WRITE) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(file, text);
  }
  assert.equal(text, readFileSync(file, "utf8"), `${name}: DCS_GOLDEN=write makes the file anew`);
}

test("--help lists every command", () => {
  for (const name of ["switchover", "swap", "roles", "job", "tasks", "instances", "regions"])
    assert.ok(commands.includes(name), name);
  for (const name of ["sign", "completion", "help"]) assert.ok(commands.includes(name), name);
  golden("help", whole.out);
});

for (const name of commands.filter((name) => name !== "help")) {
  test(`help of ${name}: as it is recorded, whichever way it is asked for`, async () => {
    const { code, out, err } = await run([name, "--help"]);
    assert.deepEqual([code, err], [0, ""]);
    golden(`help-${name}`, out);
    for (const words of [
      ["help", name],
      ["--help", name],
      [name, "-h"],
    ])
      assert.deepEqual(await run(words), { code: 0, out, err: "" }, words.join(" "));
    assert.ok(Math.max(...out.split("\n").map((line) => line.length)) <= 100, name);
  });
}

test("no help is recorded of what is no command", () => {
  const recorded = readdirSync(GOLDEN).sort();
  const expected = commands.filter((name) => name !== "help").map((name) => `help-${name}.txt`);
  assert.deepEqual(recorded, ["help.txt", ...expected].sort());
});

test("the version, and help without a command", async () => {
  for (const word of ["--version", "-V"]) {
    const { code, out } = await run([word]);
    assert.equal(code, 0);
    assert.match(out, /^\d+\.\d+\.\d+\S*\n$/);
  }
  const { code, out } = await run(["help"]);
  assert.deepEqual([code, out], [0, whole.out]);
  assert.deepEqual(await run([]), { code: 2, out: whole.out, err: "" });
});

test("options stand before the command or after it, with = or without", async () => {
  const id = await newInstance();
  for (const words of [
    [...WHERE, "roles", id, "--json"],
    ["--json", "--output=json", ...WHERE, "roles", id],
    ["roles", ...WHERE, id, "-o", "json"],
    ["roles", ...WHERE.slice(0, 4), `--region=${WHERE[5]}`, "-ojson", id],
  ]) {
    const { code, out, err } = await run(words);
    assert.equal(code, 0, err);
    assert.equal(JSON.parse(out).length, 2, words.join(" "));
  }
  assert.equal((await truth(id)).counters.swap_requests, 0);
});

/** @type {[string[], RegExp][]} */
const slips = [
  [["bogus"], /unknown command 'bogus'/],
  [["switchovr"], /unknown command 'switchovr' \(Did you mean switchover\?\)/],
  [["swap"], /missing required argument 'INSTANCE'/],
  [["switchover", ...WHERE, "--yes"], /an INSTANCE is missing: give ids or names, or --all/],
  [["swap", "a", "b", "--yes"], /too many arguments/],
  [["swap", "", "--yes", ...WHERE], /must not be empty/],
  [["swap", "not-a-uuid", "--yes", ...WHERE], /no instance is called "not-a-uuid"/],
  [["swap", "--bogus"], /unknown option '--bogus'/],
  [["swap", "x", "--regoin=a"], /unknown option '--regoin=a'.*|Did you mean --region/],
  [["instances", "--nmae", "x"], /unknown option '--nmae' \(Did you mean --name\?\)/],
  [["instances", "--region", "mars-1"], /region/],
  [["instances", "-o", "yaml"], /'yaml' is invalid.*table, json, jsonl, csv/],
  [["job", "x", "--interval-ms", "soon", ...WHERE], /--interval-ms must be a whole number/],
  [["job", "x", "--interval-ms", "", ...WHERE], /--interval-ms must be a whole number/],
  [["switchover", "--all", "--concurrency=0", "--yes", ...WHERE], /--concurrency must be .* 1 /],
  [["switchover", "--all", "--concurrency=-1", "--yes", ...WHERE], /--concurrency must be/],
  [["switchover", "--all", "--dry-run", "--interval-ms=-5", ...WHERE], /--interval-ms must be/],
  [["switchover", "--all", "--dry-run", "--interval-ms=49", ...WHERE], /--interval-ms must be/],
  [["switchover", "--all", "--dry-run", "--verify-timeout-ms=0", ...WHERE], /--verify-timeout-ms/],
  [["switchover", "--all", "--dry-run", "--follow-timeout-ms=3600001", ...WHERE], /3600000/],
  [["switchover", "--all", "--dry-run", "--max-replication-gap=-1", ...WHERE], /0 or more/],
  [
    ["switchover", "--all", "--dry-run", "--max-replication-gap=99999999999999999", ...WHERE],
    /gap/,
  ],
  [["instances", "--timeout-ms=0", ...WHERE], /--timeout-ms must be a whole number from 1 /],
  [["tasks", "x", "--limit=0", ...WHERE], /--limit must be a whole number from 1 to 1000/],
  [["console", "--port=0x50", "--region=cn-north-4"], /--port must be a number from 0 to 65535/],
  [["console", "--port=65536", "--region=cn-north-4"], /--port must be/],
  [["console", "--idle-minutes=-1", "--region=cn-north-4"], /--idle-minutes must be/],
  [["console", "--idle-minutes=1441", "--region=cn-north-4"], /--idle-minutes must be/],
  [["help", "nosuch"], /unknown command 'nosuch'/],
  [["help", "switchovr"], /unknown command 'switchovr' \(Did you mean switchover\?\)/],
  [["sign", "GET"], /missing required argument 'URL'/],
  [["sign", "GET", "https://a.example", "-H", "nonsense"], /NAME: VALUE/],
  [["sign", "GET", "https://a.example", "-d", "@/nonexistent"], /--data: .*nonexistent/],
  [["sign", "GET", "https://a.example", "-d", "a", "--data-raw", "b"], /cannot be used with/],
  [["instances", "--proxy", "nonsense", ...WHERE], /--proxy must be a URL/],
  [["completion", "tcsh"], /'tcsh' is invalid.*bash, zsh, fish/],
];

for (const [args, message] of slips) {
  test(`2, usage error: ${args.slice(0, 4).join(" ")}`, async () => {
    const { code, out, err } = await run(args);
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, message);
  });
}

test("a usage error, with --json: the error is a value", async () => {
  const { code, out, err } = await run(["swap", "--json"]);
  assert.deepEqual([code, err], [2, ""]);
  assert.match(JSON.parse(out).error.message, /INSTANCE/);
});

for (const option of [
  ...["--sk", "--secret-key=x", "--token", "-ak", "--secret_key=x", "--secretKey=x", "--SK=x"],
  ...["--access_key_id=x", "--SecretAccessKey=x", "--security_token", "--huaweicloud-sdk-sk=x"],
]) {
  test(`2, credentials on the command line: ${option}`, async () => {
    const { code, err } = await run(["instances", ...WHERE, option]);
    assert.equal(code, 2);
    assert.match(err, /credentials are not taken from the command line/);
  });
}

test("the value of an option that is not known is not repeated", async () => {
  for (const name of ["--my-key", "--regoin", "--pwd", "--sk1"]) {
    const { code, err } = await run(["instances", ...WHERE, `${name}=${SECRET}'x'`]);
    assert.equal(code, 2);
    assert.match(err, new RegExp(`unknown option '${name}'`));
  }
  const { out } = await run(["instances", ...WHERE, "--json", `--my-key=${SECRET}`]);
  assert.match(JSON.parse(out).error.message, /^unknown option '--my-key'/);
});
