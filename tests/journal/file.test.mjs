// @ts-check
// The journal in a folder, in one process.
import assert from "node:assert/strict";
import { mkdir, readFile, readdir, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { fileJournal } from "../../pkg-template/lib/journal/file.mjs";
import { KEY, INSTANCE, accepted, folderOf, record, rejection } from "./support/record.mjs";

/** The only file below a folder of a journal. @param {string} folder */
async function fileIn(folder) {
  const files = (await readdir(folder, { recursive: true })).filter((name) =>
    /\.(json|next)$/.test(name),
  );
  assert.equal(files.length, 1, files.join(", "));
  return join(folder, files[0] ?? "");
}

test("a record is read as it was written, by whoever opens the folder next", async (t) => {
  const folder = await folderOf(t);
  const journal = fileJournal(folder);
  assert.equal(await journal.read(KEY), undefined);
  await journal.write(KEY, record("a"));
  assert.deepEqual(await journal.read(KEY), record("a"));
  await journal.write(KEY, accepted("a"));
  assert.deepEqual(await fileJournal(pathToFileURL(folder)).read(KEY), accepted("a"));
  await journal.remove(KEY);
  assert.equal(await journal.read(KEY), undefined);
  assert.deepEqual(await readdir(folder), [], "nothing is left");
});

test("fields that a later switchover adds to its record are kept", async (t) => {
  const journal = fileJournal(await folderOf(t));
  const more = { ...record("a"), to: { awayFromZone: "cn-north-4a" }, reason: { 数据: "库 ☂" } };
  await journal.write(KEY, more);
  assert.deepEqual(await journal.read(KEY), more);
});

test("a date is taken as signatures write it, and as JavaScript does", async (t) => {
  const journal = fileJournal(await folderOf(t));
  for (const startedAt of ["20261125T220000Z", "2026-11-25T22:00:00Z", new Date().toISOString()]) {
    await journal.write(KEY, record("a", { startedAt }));
    assert.equal((await journal.read(KEY))?.startedAt, startedAt);
  }
});

test("a record of another switchover is not written over, and comes with the error", async (t) => {
  const folder = await folderOf(t);
  await fileJournal(folder).write(KEY, accepted("a"));
  const error = await rejection(fileJournal(folder).write(KEY, record("b")));
  assert.deepEqual(error.record, accepted("a"));
  assert.match(error.message, new RegExp(`^journal: a switchover of ${INSTANCE} that began at`));
  assert.deepEqual(await fileJournal(folder).read(KEY), accepted("a"));
});

test("a record that somebody else has removed is written again by its own switchover", async (t) => {
  const folder = await folderOf(t);
  const journal = fileJournal(folder);
  await journal.write(KEY, record("a"));
  await fileJournal(folder).remove(KEY);
  await journal.write(KEY, accepted("a"));
  assert.deepEqual(await fileJournal(folder).read(KEY), accepted("a"));
});

test("removing ends the switchover that this journal had to do with, and no later one", async (t) => {
  const folder = await folderOf(t);
  const [first, resumer, later] = [fileJournal(folder), fileJournal(folder), fileJournal(folder)];
  await first.write(KEY, record("a"));
  assert.equal((await resumer.read(KEY))?.id, "a");
  await resumer.remove(KEY);
  await later.write(KEY, record("b"));
  await first.remove(KEY);
  assert.equal((await later.read(KEY))?.id, "b", "b is under way");
  // As does one that was told of it by a write that came too late.
  const told = fileJournal(folder);
  assert.equal((await rejection(told.write(KEY, record("c")))).record?.id, "b");
  await later.remove(KEY);
  await first.write(KEY, record("d"));
  await told.remove(KEY);
  assert.equal((await first.read(KEY))?.id, "d", "d is under way");
  // Whoever has seen none removes what is there: a person who has looked.
  await fileJournal(folder).remove(KEY);
  assert.equal(await first.read(KEY), undefined);
});

test("a switchover whose record was replaced ends nothing, though it was told of the other", async (t) => {
  const folder = await folderOf(t);
  const [first, later] = [fileJournal(folder), fileJournal(folder)];
  await first.write(KEY, record("a"));
  await fileJournal(folder).remove(KEY);
  await later.write(KEY, record("b"));
  assert.equal((await rejection(first.write(KEY, accepted("a")))).record?.id, "b");
  await first.remove(KEY);
  assert.equal((await later.read(KEY))?.id, "b");
});

test("removing what is not there is no error", async (t) => {
  const folder = await folderOf(t);
  await fileJournal(folder).remove(KEY);
  await fileJournal(join(folder, "absent")).remove(KEY);
});

test("a folder that is not there holds no record, and is made, for its owner alone", async (t) => {
  const folder = join(await folderOf(t), "a", "b");
  const journal = fileJournal(folder);
  assert.equal(await journal.read(KEY), undefined);
  await journal.write(KEY, record("a"));
  const mode = async (/** @type {string} */ path) => (await stat(path)).mode & 0o777;
  assert.equal(await mode(folder), 0o700);
  const file = await fileIn(folder);
  assert.equal(await mode(file), 0o600);
  assert.equal(await mode(join(file, "..")), 0o700);
  await journal.write(KEY, accepted("a"));
  for (const name of await readdir(join(file, ".."))) {
    assert.equal(await mode(join(file, "..", name)), 0o600, name);
  }
});

test("a relative folder is that of when the journal was made", async (t) => {
  const folder = await folderOf(t);
  const journal = fileJournal(relative(process.cwd(), folder));
  const home = process.cwd();
  process.chdir("/");
  t.after(() => process.chdir(home));
  await journal.write(KEY, record("a"));
  assert.equal((await fileJournal(folder).read(KEY))?.id, "a");
});

const KEYS = [
  KEY,
  "-/dcs.example.com/x",
  "..",
  "../../../etc/passwd",
  "/",
  "C:\\con",
  "con",
  "NUL.txt",
  "a b. ",
  'a:b|c<d>e"f?g*h',
  "\u0000\u0001\u007f",
  "数据库",
  "\ud800",
  "A",
  "a",
  "é",
  "e\u0301",
  "x".repeat(5000),
  "__proto__",
];

test("every key has a name of its own that any file system takes", async (t) => {
  const folder = await folderOf(t);
  const journal = fileJournal(folder);
  for (const [at, key] of KEYS.entries()) await journal.write(key, record(`of ${at}`));
  const names = await readdir(folder);
  assert.equal(names.length, KEYS.length);
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, KEYS.length);
  for (const name of names) {
    assert.match(name, /^[a-z0-9-]{1,80}$/);
    assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)$/);
  }
  for (const [at, key] of KEYS.entries()) {
    assert.equal((await fileJournal(folder).read(key))?.id, `of ${at}`);
  }
  for (const key of KEYS) await journal.remove(key);
  assert.deepEqual(await readdir(folder), []);
});

test("any id is a record's own, and none is taken for another's", async (t) => {
  const folder = await folderOf(t);
  for (const id of ["../x", "a/b", "A", "a", "x".repeat(5000), "数据"]) {
    const journal = fileJournal(folder);
    await journal.write(KEY, record(id));
    assert.ok((await rejection(fileJournal(folder).write(KEY, record(`${id}!`)))).record);
    await journal.remove(KEY);
  }
  assert.deepEqual(await readdir(folder), []);
});

/** What a file may hold in place of a record, and what is said of it. @type {[string, (text: string) => string, RegExp][]} */
const SPOILED = [
  ["nothing", () => "", /is cut short, or is not JSON/],
  ["a part of it", (text) => text.slice(0, text.length / 2), /is cut short, or is not JSON/],
  ["all but the end", (text) => text.trimEnd().slice(0, -1), /is cut short, or is not JSON/],
  ["zeros, as after a power failure", (text) => "\0".repeat(text.length), /cut short/],
  ["null", () => "null", /was not written by this package/],
  ["other JSON", () => '{"a":1}', /was not written by this package/],
  ["a record without its frame", (text) => JSON.stringify(JSON.parse(text).record), /not written/],
  [
    "a later version",
    (text) => text.replace('"version": 1', '"version": 2'),
    /newer version.*Update/,
  ],
  ["no version", (text) => text.replace('"version": 1,', ""), /version is not 1/],
  ["a version that is a text", (text) => text.replace('"version": 1', '"version": "1"'), /version/],
  [
    "a state that nobody knows",
    (text) => text.replace("sending", "done"),
    /state is not "sending"/,
  ],
  ["no nodes", (text) => text.replace('"before"', '"after"'), /before is not a list/],
  ["nodes without ids", (text) => text.replaceAll('"nodeId"', '"node"'), /before is not a list/],
  ["no id", (text) => text.replace('"id": "a"', '"id": ""'), /id is missing/],
  [
    "another id",
    (text) => text.replace('"id": "a"', '"id": "b"'),
    /holds the record of another switchover/,
  ],
  ["another instance's key", (text) => text.replace("cn-north-4/", "cn-south-1/"), /another key/],
  ["no instance", (text) => text.replace('"instanceId"', '"instance"'), /instanceId is missing/],
  ["no date", (text) => text.replace("20261125T", "yesterday"), /startedAt is not a date/],
  [
    "tasks that are numbers",
    (text) => text.replace('"tasks"', '"tasks": [1], "was"'),
    /tasks is not a list/,
  ],
  ["a job that is a number", (text) => text.replace('"state"', '"jobId": 7, "state"'), /jobId/],
];

for (const [what, spoil, message] of SPOILED) {
  test(`a file with ${what} is an error that names it, and never no record`, async (t) => {
    const folder = await folderOf(t);
    await fileJournal(folder).write(KEY, record("a"));
    const file = await fileIn(folder);
    const spoiled = spoil(await readFile(file, "utf8"));
    assert.notEqual(spoiled, await readFile(file, "utf8"));
    await writeFile(file, spoiled);
    const journal = fileJournal(folder);
    for (const use of [() => journal.read(KEY), () => journal.write(KEY, record("b"))]) {
      const { message: told } = await rejection(use());
      assert.match(told, message);
      assert.ok(told.includes(folder), told);
      assert.match(told, /delete (the record|it once)/);
    }
    assert.equal(await readFile(file, "utf8"), spoiled, "it is left for who looks");
    // Who has looked may remove it.
    await journal.remove(KEY);
    assert.equal(await journal.read(KEY), undefined);
  });
}

test("foreign files in the place of a record are an error that names them", async (t) => {
  const folder = await folderOf(t);
  const journal = fileJournal(folder);
  await journal.write(KEY, record("a"));
  const file = await fileIn(folder);
  await rename(file, join(file, "..", "backup.json"));
  for (const use of [() => journal.read(KEY), () => journal.write(KEY, record("b"))]) {
    assert.match((await rejection(use())).message, /holds backup\.json.*move it away/);
  }
});

test("two records in the place of one are an error", async (t) => {
  const folder = await folderOf(t);
  const journal = fileJournal(folder);
  await journal.write(KEY, record("a"));
  const file = await fileIn(folder);
  await writeFile(join(file, "..", `${"0".repeat(32)}-x.json`), "{}");
  assert.match((await rejection(journal.read(KEY))).message, /holds two records/);
});

test("a file in the place of a folder is an error", async (t) => {
  const folder = await folderOf(t);
  const path = join(folder, "file");
  await writeFile(path, "");
  const wrong = fileJournal(path);
  for (const use of [() => wrong.read(KEY), () => wrong.write(KEY, record("a"))]) {
    assert.match((await rejection(use())).message, /journal: .*file cannot be (read|written): E/);
  }
  const journal = fileJournal(folder);
  await journal.write(KEY, record("a"));
  const slot = join(await fileIn(folder), "..");
  await journal.remove(KEY);
  await writeFile(slot, "");
  assert.match((await rejection(journal.read(KEY))).message, /ENOTDIR/);
  assert.match((await rejection(journal.write(KEY, record("a")))).message, /ENOTDIR/);
});

test("what is no record is not written", async (t) => {
  const folder = await folderOf(t);
  const journal = fileJournal(folder);
  for (const wrong of [undefined, null, [], {}, "text", { ...record("a"), version: 2 }]) {
    const { message } = await rejection(journal.write(KEY, /** @type {any} */ (wrong)));
    assert.match(message, /journal: record cannot be written/);
  }
  for (const key of ["", undefined, 7]) {
    const use = journal.write(/** @type {any} */ (key), record("a"));
    assert.match((await rejection(use)).message, /journal: key must be/);
  }
  assert.deepEqual(await readdir(folder), []);
});

test("what is no folder is refused at once", () => {
  for (const wrong of [undefined, null, "", 7, "a\0b"]) {
    assert.throws(() => fileJournal(/** @type {any} */ (wrong)), /journal: the folder must be/);
  }
});

test("what a dead process left is swept after an hour, and what a live one writes is not", async (t) => {
  const folder = await folderOf(t);
  const [old, fresh, other] = [".dead.new", ".alive.new", ".gitignore"];
  for (const name of [old, fresh]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "x.json"), "{");
  }
  await writeFile(join(folder, other), "*");
  const twoHoursAgo = new Date(Date.now() - 7_200_000);
  for (const name of [old, other]) await utimes(join(folder, name), twoHoursAgo, twoHoursAgo);
  const journal = fileJournal(folder);
  await journal.write(KEY, record("a"));
  await journal.remove(KEY);
  assert.deepEqual((await readdir(folder)).sort(), [fresh, other]);
});
