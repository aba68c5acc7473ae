// @ts-check
// Measuring in alternating rounds: what slows the machine for a while slows all contenders. What is measured is
// processor time of the process: on a machine that is shared, time of the clock is mostly that of others.

/**
 * What is measured: a call, or another process that measures so many calls itself and gives the microseconds.
 * @typedef {(() => unknown) | { elsewhere: (calls: number) => Promise<number> }} Task
 */

/** How long one contender runs in one round. */
const ROUND_MS = 12;

/** @param {number[]} numbers @param {number} part */
export function quantile(numbers, part) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/**
 * Microseconds of processor time a call of each contender, round by round.
 * @param {Record<string, Task>} tasks @param {number} rounds
 */
export async function measure(tasks, rounds) {
  const names = Object.keys(tasks);
  /** @type {Record<string, number[]>} */
  const micros = Object.fromEntries(names.map((name) => [name, []]));
  /** @type {Record<string, number>} */
  const calls = {};
  for (const name of names) calls[name] = await warmUp(tasks[name] ?? (() => {}));
  for (let round = 0; round < rounds; round += 1) {
    // Each time another one begins, and every other time they go back: what one leaves behind is collected in the time of
    // the next.
    const order = names.map((_, at) => /** @type {string} */ (names[(round + at) % names.length]));
    if (round % 2) order.reverse();
    for (const name of order) {
      const count = calls[name] ?? 1;
      micros[name]?.push((await timed(tasks[name] ?? (() => {}), count)) / count);
    }
  }
  return micros;
}

/** Runs a task for a while; gives how many calls fill a round. @param {Task} task */
async function warmUp(task) {
  const end = performance.now() + 150;
  let count = 0;
  while (performance.now() < end || count < 3) {
    await timed(task, 1);
    count += 1;
  }
  return Math.max(1, Math.round(ROUND_MS / ((await timed(task, 20)) / 20 / 1000)));
}

/** @param {Task} task @param {number} count */
async function timed(task, count) {
  if ("elsewhere" in task) return task.elsewhere(count);
  const start = process.cpuUsage();
  for (let call = 0; call < count; call += 1) {
    const result = task();
    // Only what is asynchronous is waited for: an await costs as much as a short task.
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/**
 * Lines of a table: median, and how many times the first contender's time it is (median and quartiles of the pairs).
 * @param {Record<string, number[]>} figures @param {string} unit
 */
export function table(figures, unit) {
  const [first = [], ...rest] = Object.values(figures);
  const show = (/** @type {number} */ number) =>
    number >= 100 ? number.toFixed(0) : number.toFixed(2);
  return Object.entries(figures).map(([name, values], at) => {
    const median = `${show(quantile(values, 0.5)).padStart(9)} ${unit}`;
    const spread = `(${show(quantile(values, 0.25))} to ${show(quantile(values, 0.75))})`;
    const line = `  ${name.padEnd(28)}${median}  ${spread.padEnd(22)}`;
    if (at === 0 || rest.length === 0) return line.trimEnd();
    const pairs = values.map((value, round) => value / (first[round] ?? NaN));
    const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => show(quantile(pairs, part)));
    return `${line}${`${middle}`.padStart(6)} times ours (${low} to ${high})`;
  });
}
