// @ts-check
// One run of a script that an operator has: it switches one instance over, and tells each event and the result in a line
// of JSON at once, so that whoever kills it knows how far it was.
import { writeSync } from "node:fs";

/** @type {{ entry: string, journal?: { module: string, folder: string }, client: any, options: any }} */
const { entry, journal, client, options } = JSON.parse(process.argv[2] ?? "");
const tell = (/** @type {unknown} */ told) => writeSync(1, `${JSON.stringify(told)}\n`);

const { DcsClient } = await import(entry);
const kept = journal && (await import(journal.module)).fileJournal(journal.folder);
const dcs = new DcsClient(client);
tell({ event: "begun" });
const { result, resumed, reason } = await dcs
  .switchover({
    ...options,
    ...(kept && { journal: kept }),
    onEvent: (/** @type {any} */ { type, phase }) => tell({ event: `${type} ${phase ?? ""}` }),
  })
  .catch((/** @type {any} */ error) => error.report ?? { result: "none", reason: `${error}` });
tell({ result, resumed: resumed ?? false, reason });
process.exit();
