// @ts-check
// Reads the command line, runs the command, and turns what comes of it into an exit code.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { DcsError, InvalidArgumentError } from "huaweicloud-dcs";
import { instances, job, sign, swap, switchover } from "./commands.mjs";
import { Output } from "./output.mjs";
import { COMMANDS, DONE, HELP, REFUSED, SECRETS, UNKNOWN, USAGE, UsageError } from "./usage.mjs";

/** @typedef {Record<string, string | boolean | string[] | undefined>} Values */

/**
 * What a command is given.
 * @typedef {object} Order
 * @property {Values} values
 * @property {string[]} positionals
 * @property {Output} output
 * @property {AbortSignal} signal Aborted by Ctrl+C.
 */

/** @type {Record<string, (order: Order) => Promise<number>>} */
const RUN = { swap, switchover, job, instances, sign };

/**
 * @param {string[]} args
 * @returns {Promise<number>} The exit code.
 */
export async function main(args) {
  if (args[0] === "console") return serveConsole(args.slice(1));
  const output = new Output(args.includes("--json"));
  if (args.includes("--version")) return output.text(version());
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
    output.text(HELP);
    return args.length === 0 ? USAGE : DONE;
  }
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error("interrupted"));
  process.once("SIGINT", interrupt);
  try {
    const { command, values, positionals } = read(args);
    return await command({ values, positionals, output, signal: interrupted.signal });
  } catch (error) {
    output.error(error);
    return codeOf(error);
  } finally {
    process.removeListener("SIGINT", interrupt);
    output.end();
  }
}

/** Until Ctrl+C, or until nobody is there. @param {string[]} args */
async function serveConsole(args) {
  const { run } = await import("./console.mjs");
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted.abort());
  const { stdout, stderr } = process;
  return run(args, { stdout, stderr, signal: interrupted.signal });
}

/** @param {string[]} args */
function read([name = "", ...args]) {
  const command = Object.hasOwn(RUN, name) ? RUN[name] : undefined;
  if (!command) {
    throw new UsageError(`"${name}" is no command; there are ${Object.keys(RUN).join(", ")}`);
  }
  if (args.some((arg) => SECRETS.test(arg))) {
    throw new UsageError(
      "credentials are not taken from the command line, where every user of the machine can read them; " +
        "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK",
    );
  }
  try {
    const { values, positionals } = parseArgs({
      args,
      options: COMMANDS[name] ?? {},
      allowPositionals: true,
      strict: true,
    });
    return { command, values: /** @type {Values} */ (values), positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

const version = () =>
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;

/** @param {unknown} error */
function codeOf(error) {
  if (error instanceof UsageError || error instanceof InvalidArgumentError) return USAGE;
  const { report } = /** @type {{ report?: { result: string } }} */ (error ?? {});
  const doubtful =
    report?.result === "unknown" ||
    (!report && error instanceof DcsError && ["unknown", "accepted"].includes(error.outcome ?? ""));
  return doubtful ? UNKNOWN : REFUSED;
}
