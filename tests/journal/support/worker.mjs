// @ts-check
// A process that uses the journal in a folder, in Node, Bun or Deno; the tests start several, and kill some.
//   worker.mjs exclude FOLDER NAME MS   begins and ends switchovers as fast as it can, and checks that it is alone
//   worker.mjs endless FOLDER NAME      does so until it is killed, and tells each step before and after
//   worker.mjs once FOLDER NAME         writes one record, and tells what came of it
import { mkdirSync, rmdirSync, writeSync } from "node:fs";
import { fileJournal } from "../../../pkg-template/lib/journal/file.mjs";
import { KEY, accepted, record } from "./record.mjs";

const [what, folder = "", name = "", ms] = process.argv.slice(2);
const journal = fileJournal(folder);
const tell = (/** @type {unknown} */ told) => writeSync(1, `${JSON.stringify(told)}\n`);

/** Whether the record could be written; else another's is there. @param {string} id */
async function begins(id) {
  return journal.write(KEY, record(id)).then(
    () => true,
    (error) => {
      if (!error.record) throw error;
      return false;
    },
  );
}

/** Only one can make a folder; a second that believes it may work fails here. */
async function exclude() {
  const alone = `${folder}.alone`;
  const end = Date.now() + Number(ms);
  let [begun, refused] = [0, 0];
  for (let round = 0; Date.now() < end; round += 1) {
    const id = `${name}-${round}`;
    if (!(await begins(id))) {
      refused += 1;
      continue;
    }
    mkdirSync(alone);
    await journal.write(KEY, accepted(id));
    const found = await journal.read(KEY);
    if (found?.id !== id || found.state !== "accepted") throw new Error(`${id} found ${found?.id}`);
    rmdirSync(alone);
    await journal.remove(KEY);
    begun += 1;
  }
  tell({ begun, refused });
}

async function endless() {
  for (let round = 0; ; round += 1) {
    const id = `${name}-${round}`;
    tell(["begin", id]);
    await journal.write(KEY, record(id));
    tell(["begun", id]);
    await journal.write(KEY, accepted(id));
    tell(["accepted", id]);
    await journal.remove(KEY);
    tell(["removed", id]);
  }
}

async function once() {
  try {
    await journal.write(KEY, record(name));
    await journal.write(KEY, accepted(name));
    tell("written");
  } catch (error) {
    tell(/** @type {Error} */ (error).message);
  }
}

/** @type {Record<string, () => Promise<void>>} */
const ways = { exclude, endless, once };
await ways[what ?? ""]?.();
