// @ts-check
// What the papers take from elsewhere is as it is there; the references of types and crate have no warning.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PAPERS, read, unpublished, written } from "./support/codes.mjs";
import { HEADS, areRecorded, recorded, told } from "./support/sizes.mjs";
import { ROOT, papers, tool } from "./support/world.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const types = ["index.d.ts", "signer.d.ts"]
  .map((name) => readFileSync(join(ROOT, "pkg-template", name), "utf8"))
  .join("\n");
const text = (/** @type {string} */ name) => readFileSync(join(ROOT, name), "utf8");

test("the tables of error codes are those of facts/dcs_error_codes.tsv", () => {
  for (const name of Object.keys(PAPERS))
    assert.equal(read(name), written(name), "run `npm run codes` in tests/papers");
});

test("the codes that no table of the service has are among them, and marked", () => {
  assert.deepEqual(unpublished(), ["DCS.4121", "DCS.4231", "DCS.4975", "CBC.99003651"]);
  const rows = text("facts/dcs_error_codes.tsv").split("\n");
  for (const code of unpublished()) {
    assert.ok(
      rows.some((row) => row.includes(`\t${code}\t`)),
      code,
    );
    for (const name of Object.keys(PAPERS)) {
      const row = text(name)
        .split("\n")
        .find((line) => line.includes(`\`${code}\``));
      assert.match(row ?? "", /the text is ours|由本软件包拟定/, `${name}, ${code}`);
    }
  }
});

test("the sizes in both READMEs are those recorded", () => {
  for (const name of Object.keys(HEADS)) {
    const sizes = told(text(name));
    if (!areRecorded()) {
      assert.deepEqual(sizes, {}, `${name} tells sizes that nothing records`);
      continue;
    }
    const record = recorded();
    assert.deepEqual(
      Object.keys(sizes),
      Object.keys(record),
      "run `npm run sizes` in tests/papers",
    );
    for (const [entry, kb] of Object.entries(record)) {
      const difference = Math.abs((sizes[entry] ?? 0) - kb);
      // As far as the check of the sizes themselves lets them differ.
      assert.ok(difference <= kb * 0.02 + 0.05, `${name}, ${entry}: run \`npm run sizes\``);
    }
  }
});

test("each error class stands in both READMEs and in troubleshooting", () => {
  const classes = [...types.matchAll(/class (\w+Error) extends DcsError/g)].map(([, name]) => name);
  assert.equal(classes.length, 7);
  for (const paper of ["README.md", "README.zh-CN.md"]) {
    const missing = classes.filter((name) => !text(paper).includes(`\`${name}\``));
    assert.deepEqual(missing, [], paper);
  }
});

test("each phase and outcome of the types stands in docs/switchover.md", () => {
  const union = (/** @type {string} */ name) => {
    const bare = types.replace(/\/\*\*[\s\S]*?\*\//g, "");
    const [, members = ""] = new RegExp(`type ${name} =([^;]*);`).exec(bare) ?? [];
    return [...members.matchAll(/"(\w+)"/g)].map(([, word]) => word);
  };
  const words = [...union("SwitchoverPhase"), ...union("Outcome")];
  assert.equal(words.length, 10);
  const paper = text("docs/switchover.md");
  assert.deepEqual(
    words.filter((word) => !paper.includes(`\`${word}\``)),
    [],
  );
});

test("each field of the report stands in docs/switchover.md", () => {
  const [, body = ""] = /interface SwitchoverReport \{([\s\S]*?)\n\}/.exec(types) ?? [];
  const fields = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name);
  assert.ok(fields.length > 8);
  const paper = text("docs/switchover.md");
  const missing = fields.filter((name) => name !== "instanceId" && !paper.includes(`\`${name}\``));
  assert.deepEqual(missing, []);
});

test("each entry of the package stands in README.md", () => {
  const { name, exports } = JSON.parse(text("pkg-template/package.json"));
  const entries = Object.keys(exports).filter((key) => !/\.(wasm|json)$/.test(key));
  const missing = entries
    .map((key) => name + key.slice(1))
    .filter((entry) => !text("README.md").includes(`\`${entry}\``));
  assert.deepEqual(missing, []);
});

test("no paper names a task of `cargo xtask` that there is not", () => {
  const { stdout } = spawnSync("cargo", ["xtask", "--help"], { cwd: ROOT, encoding: "utf8" });
  const tasks = new Set([...stdout.matchAll(/^ {2}(\w+) /gm)].map(([, task]) => task));
  assert.ok(tasks.has("test"), stdout);
  const unknown = papers().flatMap(({ paper }) =>
    [...text(paper).matchAll(/cargo xtask (\w+)/g)]
      .filter(([, task]) => !tasks.has(task))
      .map(([words]) => `${paper}: ${words}`),
  );
  assert.deepEqual(unknown, []);
});

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} options
 */
function succeeds(command, args, options) {
  const { status, stdout, stderr } = spawnSync(command, args, { ...options, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

test("these tests are typed", () => {
  succeeds(tool("tsc"), ["--noEmit", "-p", "."], { cwd: here });
});

test("the reference of the types has no warning", () => {
  succeeds(tool("typedoc"), [], { cwd: here });
});

test("the reference of the crate has no warning", () => {
  const env = { ...process.env, RUSTDOCFLAGS: "-D warnings" };
  const args = ["doc", "--quiet", "--no-deps", "-p", "huaweicloud-dcs", "--all-features"];
  succeeds("cargo", args, { cwd: ROOT, env });
});
