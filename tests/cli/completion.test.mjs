// @ts-check
// `completion`, in the shells themselves where they are installed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { run } from "./command.mjs";

const folder = mkdtempSync(join(tmpdir(), "dcs-completion-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const has = (/** @type {string} */ shell) => spawnSync(shell, ["-c", ":"]).status === 0;

/** @param {string} shell */
async function script(shell) {
  const { code, out, err } = await run(["completion", shell], { env: {} });
  assert.deepEqual([code, err], [0, ""]);
  const file = join(folder, shell === "zsh" ? "_huaweicloud-dcs" : `script.${shell}`);
  writeFileSync(file, out);
  return file;
}

/** @param {string} shell @param {string[]} args */
function asked(shell, args) {
  const env = { PATH: process.env.PATH ?? "", HOME: folder, TERM: "xterm" };
  const { stdout, stderr, status } = spawnSync(shell, args, {
    encoding: "utf8",
    env,
    timeout: 20_000,
  });
  assert.equal(stderr, "");
  assert.equal(status, 0);
  return stdout;
}

/** What is offered after these words. @type {[string[], string[], string[]][]} */
const cases = [
  [[""], ["switchover", "swap", "roles", "instances", "completion", "help"], ["bash"]],
  [["sw"], ["switchover", "swap"], ["roles"]],
  [["switchover", "--aw"], ["--away-from-zone"], ["--all"]],
  [["instances", "-o", ""], ["table", "json", "jsonl", "csv"], ["--name"]],
  [["roles", "--region", "cn-north-"], ["cn-north-4"], ["eu-west-101"]],
  [["completion", ""], ["bash", "zsh", "fish"], ["switchover"]],
  [["--json", "sign", "--alg"], ["--algorithm"], ["--all"]],
];

test("bash completes", { skip: !has("bash") && "bash is not installed" }, async () => {
  const file = await script("bash");
  for (const [words, offered, not] of cases) {
    const all = ["huaweicloud-dcs", ...words].map((word) => `'${word}'`).join(" ");
    const lines = `source ${file}; COMP_WORDS=(${all}); COMP_CWORD=${words.length}; _huaweicloud_dcs; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const replies = asked("bash", ["--norc", "-c", lines]).split("\n");
    for (const one of offered) assert.ok(replies.includes(one), `${words}: ${one}: ${replies}`);
    for (const one of not) assert.ok(!replies.includes(one), `${words}: ${one}`);
  }
});

test("fish completes", { skip: !has("fish") && "fish is not installed" }, async () => {
  const file = await script("fish");
  for (const [words, offered, not] of cases) {
    const line = `source ${file}; complete -C "huaweicloud-dcs ${words.join(" ")}"`;
    const replies = asked("fish", ["--no-config", "-c", line])
      .split("\n")
      .map((reply) => reply.split("\t")[0]);
    for (const one of offered) assert.ok(replies.includes(one), `${words}: ${one}: ${replies}`);
    for (const one of not) assert.ok(!replies.includes(one), `${words}: ${one}`);
  }
});

test("zsh completes", { skip: !has("zsh") && "zsh is not installed" }, async () => {
  await script("zsh");
  for (const [words, offered, not] of cases) {
    // zsh offers completions only in its line editor: one is started on a terminal within it.
    const lines = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1=READY; fpath=(${folder} \\$fpath); autoload -Uz compinit; compinit -u -d ${folder}/dump; LISTMAX=10000; setopt no_list_beep; zstyle ':completion:*' list-prompt ''; stty rows 200 cols 100"
zpty -w z "print BEG''UN"
zpty -r -m z chunk "*BEGUN*"
zpty -w -n z "huaweicloud-dcs ${words.join(" ")}"$'\\t\\t'
sleep 1
zpty -w -n z $'\\C-u'
zpty -w z "print EN''DED"
zpty -r -m z chunk "*ENDED*"
print -r -- "$chunk"
zpty -d z`;
    const screen = asked("zsh", ["-f", "-c", lines]);
    for (const one of offered) assert.ok(screen.includes(one), `${words}: ${one}: ${screen}`);
    for (const one of not)
      assert.ok(!new RegExp(`(^|\\s)${one}\\s`).test(screen), `${words}: ${one}: ${screen}`);
  }
});
