// @ts-check
// Runs switchovers in Node, Bun or Deno, all at once, and tells what came of each in a line of JSON. Knows nothing of what
// happens to its connections.
const LIMIT_MS = 60_000;

/** @typedef {{ index: number, instanceId: string, client: any, options: any }} Task */

/** @type {{ entry: string, tasks: Task[] }} */
const { entry, tasks } = JSON.parse(process.argv[2] ?? "");
const { DcsClient } = await import(entry);

/** @param {Task} task */
async function play({ index, instanceId, client, options }) {
  /** @type {any[]} */
  const events = [];
  const dcs = new DcsClient({
    ...client,
    onEvent: (/** @type {any} */ event) => events.push(event),
  });
  const tell = (/** @type {object} */ said) =>
    console.log(JSON.stringify({ index, ended: true, ...said, endedAt: Date.now() }));
  await dcs.switchover({ instanceId, ...options }).then(
    (/** @type {unknown} */ report) => tell({ report }),
    (/** @type {any} */ { name, message, report }) => tell({ report, error: { name, message } }),
  );
}

await Promise.race([
  Promise.all(tasks.map(play)),
  new Promise((resolve) => setTimeout(resolve, LIMIT_MS)),
]);
process.exit();
