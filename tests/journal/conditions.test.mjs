// @ts-check
// The journal in a folder when the system does not let it: a full disk, a folder that may not be written or read, a limit
// on files, a runtime without permission. A write that fails leaves the record as it was.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileJournal } from "../../pkg-template/lib/journal/file.mjs";
import { HERE, allowing, runtimes } from "../transport/runtimes.mjs";
import { start } from "./support/processes.mjs";
import { KEY, accepted, folderOf, record, rejection } from "./support/record.mjs";

const { bun, deno } = await runtimes();

const isRoot = process.getuid?.() === 0;
/** Whom permissions hold back. */
const NOBODY = 65_534;

/** @param {string[]} command */
const works = (...command) => {
  try {
    execFileSync(command[0] ?? "", command.slice(1), { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** A disk of so many bytes; nothing where none can be mounted. @param {import("node:test").TestContext} t @param {string} options */
async function mounted(t, options) {
  const folder = join(await mkdtemp(join(tmpdir(), "journal-")), "disk");
  await mkdir(folder);
  if (!works("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder)) {
    t.skip("nothing can be mounted here");
    return undefined;
  }
  t.after(() => works("umount", folder) && rm(join(folder, ".."), { recursive: true }));
  return folder;
}

/** Writes until nothing more fits; leaves so many bytes. @param {string} folder @param {number} bytes */
async function fill(folder, bytes) {
  for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; ; at += 1) {
      const done = await writeFile(join(folder, `fill-${size}-${at}`), "x".repeat(size)).then(
        () => true,
        () => false,
      );
      if (!done) break;
    }
  }
  await writeFile(join(folder, "fill-65536-0"), "x".repeat(65_536 - bytes));
}

test("on a full disk nothing is written, and the error says so", async (t) => {
  const folder = await mounted(t, "size=256k");
  if (!folder) return;
  const journal = fileJournal(folder);
  await fill(folder, 0);
  const { message } = await rejection(journal.write(KEY, record("a")));
  assert.match(message, /journal: .*\/disk cannot be written: ENOSPC/);
  assert.equal(await journal.read(KEY), undefined);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => !name.startsWith("fill-")),
    [],
  );
});

test("on a disk that fills up meanwhile the record stays as it was, and can be removed", async (t) => {
  const folder = await mounted(t, "size=256k");
  if (!folder) return;
  const journal = fileJournal(folder);
  await journal.write(KEY, record("a"));
  await fill(folder, 0);
  const { message } = await rejection(journal.write(KEY, accepted("a")));
  assert.match(message, /cannot be written: ENOSPC/);
  assert.deepEqual(await journal.read(KEY), record("a"));
  await journal.remove(KEY);
  assert.equal(await journal.read(KEY), undefined);
});

test("without inodes nothing is begun", async (t) => {
  const folder = await mounted(t, "size=256k,nr_inodes=3");
  if (!folder) return;
  const journal = fileJournal(folder);
  await writeFile(join(folder, "one"), "");
  const { message } = await rejection(journal.write(KEY, record("a")));
  assert.match(message, /cannot be written: ENOSPC/);
  assert.equal(await journal.read(KEY), undefined);
  assert.deepEqual(await readdir(folder), ["one"]);
});

test("on a disk that is mounted to be read only, a record is read and none is written", async (t) => {
  const folder = await mounted(t, "size=256k");
  if (!folder) return;
  const journal = fileJournal(folder);
  await journal.write(KEY, record("a"));
  assert.ok(works("mount", "-o", "remount,ro", folder));
  assert.deepEqual(await fileJournal(folder).read(KEY), record("a"));
  assert.match((await rejection(journal.write(KEY, accepted("a")))).message, /written: EROFS/);
  assert.match((await rejection(journal.remove(KEY))).message, /removed from: EROFS/);
});

test("with a limit on the size of files nothing is begun", async (t) => {
  const folder = await folderOf(t);
  const limited = {
    name: "",
    program: "/bin/sh",
    flags: ["-c", 'ulimit -f 0; exec "$0" "$@"', HERE.program],
  };
  const { ended } = start(limited, ["once", folder, "a"]);
  const { told, stderr } = await ended;
  assert.match(told[0] ?? stderr, /cannot be written: EFBIG/);
  assert.equal(await fileJournal(folder).read(KEY), undefined);
});

for (const runtime of [HERE, bun, deno]) {
  test(`in ${runtime.name}, in a folder that may not be written, nothing is begun`, async (t) => {
    const folder = await folderOf(t);
    await chmod(folder, 0o555);
    // Permissions do not hold back root.
    const { ended } = start(runtime, ["once", folder, "a"], isRoot ? asNobody() : {});
    const { told, stderr } = await ended;
    assert.match(
      told[0] ?? stderr,
      /journal: .* cannot be written: .*(EACCES|[Pp]ermission denied)/,
    );
    assert.deepEqual(await readdir(folder), []);
  });
}

test("a record that belongs to somebody else, and may not be read, is never taken for none", async (t) => {
  const folder = await folderOf(t);
  await fileJournal(folder).write(KEY, record("a"));
  await chmod(folder, 0o777);
  if (!isRoot) {
    for (const name of await readdir(folder)) await chmod(join(folder, name), 0);
  }
  const { ended } = start(HERE, ["once", folder, "b"], isRoot ? asNobody() : {});
  const { told, stderr } = await ended;
  assert.match(told[0] ?? stderr, /journal: .* cannot be written: EACCES/);
  if (isRoot) assert.equal((await fileJournal(folder).read(KEY))?.id, "a");
});

test("a folder in which only its owner may delete keeps what others began", async (t) => {
  if (!isRoot) return t.skip("needs another user");
  const folder = await folderOf(t);
  await chmod(folder, 0o1777);
  const { ended } = start(HERE, ["once", folder, "a"], asNobody());
  assert.deepEqual((await ended).told, ["written"]);
  await chown(folder, NOBODY, NOBODY);
  assert.equal((await rejection(fileJournal(folder).write(KEY, record("b")))).record?.id, "a");
});

test("Deno without permission says so, and has begun nothing", async (t) => {
  const folder = await folderOf(t);
  const modules = new URL("../../", import.meta.url).pathname;
  const reading = allowing(deno, `--allow-read=${modules},${folder}`);
  for (const runtime of [reading, allowing(deno, `--allow-read=${modules}`)]) {
    const { told, stderr } = await start(runtime, ["once", folder, "a"]).ended;
    assert.match(told[0] ?? stderr, /journal: .* cannot be written: .*--allow-(read|write)/);
  }
  assert.deepEqual(await readdir(folder), []);
});

/** Started from a folder that everybody may enter. */
const asNobody = () => ({
  uid: NOBODY,
  gid: NOBODY,
  cwd: "/",
  env: { PATH: process.env.PATH, HOME: "/tmp" },
});
