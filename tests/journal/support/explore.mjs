// @ts-check
// Runs processes over one file journal in every order of their steps, up to a number of switches, and with a process
// killed at every step; each history must be one that a journal with a single thread could have.
import { FileJournal } from "../../../pkg-template/lib/journal/file.mjs";
import { Disk, systemOf } from "./model.mjs";
import { KEY, record } from "./record.mjs";

/** @typedef {{ op: "write" | "read" | "remove", id?: string, tag?: string }} Op */
/** @typedef {Op & { start: number, end: number, result: string | undefined }} Done Without a result when its process was killed. */

const FOLDER = "/journal";

/** A process: what it is given to do, and where it stands. */
class Process {
  /** @type {(() => void) | undefined} */
  #go;
  /** @type {() => void} */
  #stopped = () => {};
  over = false;

  /** @param {(turn: () => Promise<void>) => Promise<void>} program */
  constructor(program) {
    this.ready = this.#untilStopped();
    program(() => {
      const turn = new Promise(
        (/** @type {(value: void) => void} */ resolve) => (this.#go = resolve),
      );
      this.#stopped();
      return turn;
    }).then(() => {
      this.over = true;
      this.#stopped();
    });
  }

  #untilStopped() {
    return new Promise((/** @type {(value: void) => void} */ resolve) => (this.#stopped = resolve));
  }

  /** Does one step. */
  step() {
    const stopped = this.#untilStopped();
    this.#go?.();
    return stopped;
  }
}

/**
 * One run. `choices` says what to do at each step as long as it reaches, then each process runs to its end.
 * @param {Op[][]} scripts @param {number[]} choices @param {number} budget Switches and kills.
 * @param {Parameters<typeof systemOf>[3]} how
 */
async function play(scripts, choices, budget, how) {
  const disk = new Disk();
  disk.set(FOLDER, new Map());
  /** @type {Done[]} */
  const history = [];
  let clock = 0;
  const program = (/** @type {Op[]} */ script, /** @type {string} */ name) =>
    new Process(async (turn) => {
      await turn();
      await perform(
        new FileJournal(systemOf(disk, turn, name, how), FOLDER),
        script,
        history,
        () => clock++,
      );
    });
  const processes = scripts.map((script, at) => program(script, `p${at}`));
  await Promise.all(processes.map(({ ready }) => ready));
  /** @type {number[]} */
  const widths = [];
  let current = 0;
  for (let at = 0; ; at += 1) {
    const alive = processes.flatMap((process, index) => (process.over ? [] : [index]));
    if (alive.length === 0) break;
    const runs = alive.includes(current);
    // Go on with the one that runs; or another; or kill it.
    const others = alive.filter((index) => index !== current);
    const options = runs ? [current, ...(budget > 0 ? [...others, -1] : [])] : others;
    widths.push(options.length);
    const choice = choices[at] ?? 0;
    const chosen = options[choice] ?? 0;
    if (runs && choice > 0) budget -= 1;
    if (chosen < 0) {
      const killed = processes[current];
      if (killed) killed.over = true;
      continue;
    }
    current = chosen;
    await processes[current]?.step();
  }
  const last = program([{ op: "read" }, { op: "remove" }, { op: "write", id: "last" }], "last");
  await last.ready;
  while (!last.over) await last.step();
  return { history, widths, disk };
}

/** @param {FileJournal} journal @param {Op[]} script @param {Done[]} history @param {() => number} now */
async function perform(journal, script, history, now) {
  /** @type {string | undefined} */
  let known;
  for (const { op, id = "", tag = "" } of script) {
    /** @type {Done} */
    const done = { op, id, tag, start: now(), end: Infinity, result: undefined };
    if (op === "remove") done.id = known ?? "";
    history.push(done);
    let result = "ok";
    try {
      if (op === "write") await journal.write(KEY, record(id, { jobId: tag || undefined }));
      else if (op === "remove") await journal.remove(KEY);
      else result = told(await journal.read(KEY));
    } catch (error) {
      const found = /** @type {any} */ (error).record;
      result = found ? `taken ${told(found)}` : `failed: ${/** @type {Error} */ (error).message}`;
    }
    done.result = result;
    done.end = now();
    const seen = /^(?:taken )?(\w+)\//.exec(result)?.[1];
    if (op === "read") known = seen;
    else if (op === "remove") known = undefined;
    else if (result === "ok") known = id;
    else known ??= seen;
    // Whoever finds another under way begins nothing.
    if (op === "write" && result !== "ok") return;
  }
}

/** @param {import("./record.mjs").SwitchoverRecord | undefined} record */
const told = (record) => (record ? `${record.id}/${record.jobId ?? ""}` : "none");

/**
 * What one operation makes of a journal in which nothing happens at once: the new state and the result.
 * @param {string} state @param {Done} done
 * @returns {[string, string]}
 */
function apply(state, { op, id, tag }) {
  if (op === "read") return [state, state];
  const owner = state.split("/")[0];
  if (op === "remove") return [id === "" || owner === id ? "none" : state, "ok"];
  return state === "none" || owner === id ? [`${id}/${tag}`, "ok"] : [state, `taken ${state}`];
}

/**
 * Whether some order of the operations, each between its start and its end, explains every result.
 * @param {Done[]} left @param {string} [state]
 * @returns {boolean}
 */
export function isExplained(left, state = "none") {
  if (left.every(({ result }) => result === undefined)) return true;
  const first = Math.min(...left.map(({ end }) => end));
  return left.some((done) => {
    if (done.start > first) return false;
    const [next, result] = apply(state, done);
    if (done.result !== undefined && done.result !== result) return false;
    return isExplained(
      left.filter((other) => other !== done),
      next,
    );
  });
}

/**
 * Every run of these scripts with so many switches and kills. Throws with the first history that nothing explains.
 * @param {Op[][]} scripts @param {number} budget @param {Parameters<typeof systemOf>[3]} [how]
 */
export async function explore(scripts, budget, how) {
  /** @type {number[] | undefined} */
  let choices = [];
  let runs = 0;
  for (; choices; runs += 1) {
    const { history, widths, disk } = await play(scripts, choices, budget, how);
    if (!isExplained(history)) {
      throw new Error(
        `after ${runs} runs, by the choices ${choices}:\n${JSON.stringify(history, null, 1)}`,
      );
    }
    const folder = /** @type {Map<string, unknown>} */ (disk.get(FOLDER));
    const slots = [...folder.keys()].filter((name) => !name.startsWith("."));
    if (slots.length !== 1) throw new Error(`left in the folder: ${slots}`);
    choices = nextOf(choices, widths);
  }
  return runs;
}

/** The next sequence of choices in order, once those of a run are known; nothing after the last. @param {number[]} choices @param {number[]} widths */
function nextOf(choices, widths) {
  const all = widths.map((_, at) => choices[at] ?? 0);
  while (all.length > 0) {
    const last = /** @type {number} */ (all.pop());
    if (last + 1 < /** @type {number} */ (widths[all.length])) return [...all, last + 1];
  }
  return undefined;
}
