// @ts-check
// Runs a command, and sees to it that however it ends, the exit code says what became of the swap.

import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { REFUSED, UNKNOWN, USAGE, UsageError, codeOf } from "./exit.mjs";
import { typed } from "./client.mjs";
import { Ends } from "./ends.mjs";
import { Output } from "./output.mjs";
import { commandFirst, program } from "./program.mjs";
import { useProxy } from "./proxy.mjs";
import { Swaps } from "./swaps.mjs";

/**
 * What a command is given.
 * @typedef {object} Order
 * @property {string[]} args
 * @property {Record<string, any>} options
 * @property {Output} output
 * @property {AbortSignal} signal Aborted by Ctrl+C and other signals.
 * @property {Swaps} swaps What is known of the swaps that were begun.
 */

/** Names people try for credentials on the command line, without what parts their words. */
const SECRETS =
  /^(huaweicloud|cloud|sdk|hw)*(ak|sk|access(key)?(id)?|secret(access)?(key)?(id)?|(security|auth|session)?token|password)$/;

/** Whether an option goes by such a name. @param {string} word */
const isSecret = (word) =>
  word.startsWith("-") &&
  SECRETS.test((word.split("=")[0] ?? "").replace(/[-_]/g, "").toLowerCase());

/**
 * @param {string[]} words
 * @returns {Promise<number>} The exit code.
 */
export async function main(words) {
  const swaps = new Swaps();
  const ends = new Ends(swaps);
  // Until the options are read, errors are told in the format that they seem to ask for.
  let output = new Output({ format: asksForJson(words) ? "json" : "table" });
  /** @type {Order | undefined} */
  let order;
  let code = 0;
  const all = program(version(), async (command, args, options) => {
    output = new Output({ format: options.output, quiet: options.quiet });
    order = { args, options, output, signal: ends.signal, swaps };
    useProxy(options.proxy);
    code = await command(order);
  });
  try {
    refuseSecrets(words);
    if (words.length === 0) {
      all.outputHelp();
      code = USAGE;
    } else await all.parseAsync(helpOf(commandFirst(words, all), all), { from: "user" });
  } catch (error) {
    const told = error instanceof CommanderError ? slip(error) : error;
    if (ends.signal.aborted && told === ends.signal.reason && !swaps.any) {
      output.error(told, ["Nothing was swapped."]);
      code = REFUSED;
    } else if (told !== undefined) {
      output.error(told, hints(told, all, words));
      code = codeOf(told);
    }
  }
  if (swaps.inDoubt.length > 0) code = UNKNOWN;
  if (order && swaps.inDoubt.length > 0)
    output.note(`read the roles: ${typed(order, "roles", ...swaps.inDoubt)}`);
  return ends.finish(output, code);
}

/** @param {string[]} words */
const asksForJson = (words) =>
  words.some(
    (word, at) =>
      /^(--json|--output=jsonl?|-ojsonl?)$/.test(word) ||
      (/^(-o|--output)$/.test(word) && /^jsonl?$/.test(words[at + 1] ?? "")),
  );

/** @param {string[]} words */
function refuseSecrets(words) {
  const end = words.indexOf("--");
  if (words.slice(0, end < 0 ? undefined : end).some(isSecret))
    throw new UsageError(
      "credentials are not taken from the command line, where every user of the machine can read them; " +
        "set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK",
    );
}

/**
 * The words; of help for a command that there is not, the name alone, which is then refused with the nearest that there is.
 * @param {string[]} words @param {import("commander").Command} all
 */
function helpOf(words, all) {
  const [first, name] = words;
  const isKnown = all.commands.some((command) => command.name() === name);
  return first !== "help" || name === undefined || name === "help" || isKnown ? words : [name];
}

/** The usage error; nothing where help or the version was asked for. @param {CommanderError} error */
function slip({ exitCode, message }) {
  if (exitCode === 0) return undefined;
  return new UsageError(
    message
      .replace(/^error: /, "")
      // What was given to an option that is not known may be a secret.
      .replace(/^(unknown option '[^=]*)=.*'/s, "$1'")
      .replace(/\n\((.*)\)$/s, " ($1)"),
  );
}

/**
 * Where to read on after a slip.
 * @param {unknown} error @param {import("commander").Command} all @param {string[]} words
 */
function hints(error, all, words) {
  if (codeOf(error) !== USAGE) return [];
  const names = all.commands.map((command) => command.name());
  const [name = ""] = commandFirst(words, all);
  return [`huaweicloud-dcs ${names.includes(name) ? `${name} ` : ""}--help says what is accepted`];
}

const version = () =>
  JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")).version;
