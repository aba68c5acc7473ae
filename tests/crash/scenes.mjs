// @ts-check
// Operators whose processes are killed and run again, and operators who want the same at once; what really ran is asked of
// the emulator.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Random } from "../campaign/random.mjs";
import { pause } from "../campaign/play.mjs";
import { PACKAGE, entryFor } from "../transport/entry.mjs";
import { HERE, runtimes } from "../transport/runtimes.mjs";

const OPERATOR = fileURLToPath(new URL("operator.mjs", import.meta.url));

/** A job of the emulator. */
const JOB_MS = 400;
/** One that takes longer than roles that were read are relied on, as the service's do. */
const LONG_JOB_MS = 2500;
/** A run that is not killed takes about so long, from when the package is loaded. */
const RUN_MS = 700;
/** So often a script is run again before its operator gives up. */
const TRIES = 12;

/** @typedef {{ result: string, resumed: boolean, reason: string }} Result */
/** @typedef {{ events: string[], result: Result | undefined, killed: boolean }} Ran */
/** @typedef {{ kind: string, swaps: number, runs: number, resumed: number, late: boolean, story: string, wrong: string | undefined }} Outcome */

export class Scenes {
  #emulator;
  #config;
  #runtime;
  #entry;

  /** @param {import("../campaign/emulator.mjs").Emulator} emulator @param {any} config @param {import("../transport/runtimes.mjs").Runtime} runtime @param {string} entry */
  constructor(emulator, config, runtime, entry) {
    this.#emulator = emulator;
    this.#config = config;
    this.#runtime = runtime;
    this.#entry = entry;
  }

  /** @param {import("../campaign/emulator.mjs").Emulator} emulator @param {string} [name] A runtime's. */
  static async open(emulator, name) {
    const all = name === undefined ? undefined : await runtimes();
    const runtime = all ? all[/** @type {"bun"} */ (name)] : HERE;
    return new Scenes(emulator, await emulator.config(), runtime, entryFor(name ?? "node"));
  }

  /** A new instance, with its nodes. @param {number} job_ms @returns {Promise<{ id: string, standby: string }>} */
  async #instance(job_ms) {
    const { instance_id: id } = await this.#emulator.ask("POST", "instances", { job_ms });
    const standby = (await this.#truth(id)).nodes.find(({ role }) => role === "slave");
    return { id, standby: standby?.node_id ?? "" };
  }

  /** @param {string} id */
  async #truth(id) {
    const truth = (await this.#emulator.state()).instances[id];
    if (!truth) throw new Error(`the emulator does not know ${id}`);
    return truth;
  }

  /**
   * Runs the script once; kills it if told to, so long after it has told so many events.
   * @param {object} options Of the switchover.
   * @param {string | undefined} folder Of the journal.
   * @param {{ events: number, ms: number }} [kill]
   * @returns {Promise<Ran>}
   */
  async #run(options, folder, kill) {
    const config = this.#config;
    const what = {
      entry: this.#entry,
      ...(folder && { journal: { module: `file://${join(PACKAGE, "journal.mjs")}`, folder } }),
      client: {
        endpoint: this.#emulator.url,
        region: config.region,
        projectId: config.project_id,
        credentials: { ak: config.access_key, sk: config.secret_key },
      },
      options: { intervalMs: 50, verifyTimeoutMs: 3000, followTimeoutMs: 10_000, ...options },
    };
    const { program, flags } = this.#runtime;
    const child = spawn(program, [...flags, OPERATOR, JSON.stringify(what)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (text) => (errors += text));
    /** @type {Ran} */
    const ran = { events: [], result: undefined, killed: false };
    createInterface(child.stdout).on("line", (line) => {
      const told = JSON.parse(line);
      if (told.event === undefined) ran.result = told;
      else ran.events.push(told.event);
      if (kill && ran.events.length === kill.events)
        setTimeout(() => child.kill("SIGKILL"), kill.ms);
    });
    const [code, signal] = await once(child, "close");
    ran.killed = signal === "SIGKILL";
    if (code !== 0 && !ran.killed) throw new Error(`the operator's script failed: ${errors}`);
    if (ran.result?.result === "none") throw new Error(`no report: ${ran.result.reason}`);
    return ran;
  }

  /**
   * A script that is killed, some of its second runs too, and run again until it says that the change was made.
   * @param {number} seed @param {number} index @param {"journal" | "to"} kind
   * @returns {Promise<Outcome>}
   */
  async killed(seed, index, kind) {
    const random = new Random(seed, index);
    const { id, standby } = await this.#instance(JOB_MS);
    const folder = kind === "journal" ? await mkdtemp(join(tmpdir(), "crash-")) : undefined;
    const options = { instanceId: id, ...(kind === "to" && { to: { nodeId: standby } }) };
    const story = [];
    let [runs, resumed, late] = [0, 0, false];
    try {
      for (let kills = random.pick([1, 1, 2]); runs < TRIES; runs += 1) {
        // Mostly from when the swap leaves on, which is after the three reads of the check and their events.
        const events = random.chance(0.75) ? random.whole(9, 17) : random.whole(1, 8);
        const kill = { events, ms: random.pick([0, 1, 3, random.whole(0, RUN_MS)]) };
        const ran = await this.#run(options, folder, kills-- > 0 ? kill : undefined);
        story.push(
          `${ran.events.join(", ")}: ${ran.killed ? "killed" : JSON.stringify(ran.result)}`,
        );
        resumed += Number(ran.result?.resumed ?? false);
        if (["swapped", "already"].includes(ran.result?.result ?? "")) break;
        if (ran.killed && folder && (await this.#isOver(id, folder))) {
          // Nothing is left to resume: whoever runs it again wants another swap.
          late = true;
          break;
        }
        if (!ran.killed) await pause(JOB_MS);
      }
      await pause(JOB_MS + 50);
      const { counters, nodes } = await this.#truth(id);
      const swaps = counters.swaps_run;
      const master = nodes.find(({ role }) => role === "master")?.node_id;
      const right = swaps === 1 && master === standby;
      const wrong = right ? undefined : `${swaps} swaps ran`;
      return { kind, swaps, runs: runs + 1, resumed, late, story: story.join("\n  "), wrong };
    } finally {
      if (folder) await rm(folder, { recursive: true, force: true });
    }
  }

  /** Whether the switchover is over, and its record removed. @param {string} id @param {string} folder */
  async #isOver(id, folder) {
    // Its first file is the record; what else lies there is swept later.
    const names = await readdir(folder, { recursive: true });
    const left = names.filter((name) => name.endsWith(".json") && !name.startsWith("."));
    const { counters } = await this.#truth(id);
    return left.length === 0 && counters.swaps_run > 0;
  }

  /**
   * Two operators who want the same node to be master, at once, or one shortly after the other.
   * @param {number} seed @param {number} index
   * @returns {Promise<Outcome>}
   */
  async pair(seed, index) {
    const random = new Random(seed, index);
    const { id, standby } = await this.#instance(LONG_JOB_MS);
    const options = { instanceId: id, to: { nodeId: standby } };
    const first = this.#run(options, undefined);
    await pause(random.pick([0, 0, 0, random.whole(0, LONG_JOB_MS)]));
    const ran = await Promise.all([first, this.#run(options, undefined)]);
    await pause(LONG_JOB_MS + 50);
    const { counters, nodes } = await this.#truth(id);
    const master = nodes.find(({ role }) => role === "master")?.node_id;
    const told = ran.map(({ result }) => result?.result ?? "none").sort();
    const story = ran.map(({ result }) => JSON.stringify(result)).join("\n  ");
    // Whoever says `swapped` or `already` says that the goal was reached, which it was.
    const wrong =
      (master !== standby && "the goal does not hold") ||
      (told.includes("not swapped") && counters.swaps_run > 1 && "two swaps ran") ||
      undefined;
    return {
      kind: told.join(" and "),
      swaps: counters.swaps_run,
      runs: 2,
      resumed: 0,
      late: false,
      story,
      wrong,
    };
  }
}
