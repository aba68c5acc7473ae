// @ts-check
// The commands and their options. Help and completions are made from what stands here.

import { Command, Option } from "commander";
import { UsageError } from "./exit.mjs";
import { completion } from "./commands/completion.mjs";
import { instances, job, regions, roles, tasks } from "./commands/read.mjs";
import { sign } from "./commands/sign.mjs";
import { swap } from "./commands/swap.mjs";
import { switchover } from "./commands/switchover.mjs";

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {(order: Order) => number | Promise<number>} Run */

const CREDENTIALS = `Credentials come from what is set up first: OIDC, the environment
(HUAWEICLOUD_SDK_AK and _SK), ~/.huaweicloud/credentials, the metadata service of
the cloud server, pod identity, KooCLI, Terraform's variables; or from the one
that --profile names. They are never taken from the command line.`;

const EXIT_CODES = `Exit codes:
  0  done: the roles were seen to change, or are as asked for; swap: accepted;
     job --follow: it succeeded
  1  refused, failed or not swapped; nothing is left in doubt
  2  usage error; nothing was sent
  3  unknown: a swap may have run. Read the roles before doing anything else`;

const WHERE = "Where:";
const HOW = "How:";

/** @typedef {readonly [least: number, most: number]} Range What the client takes, refused here before anything is read. */
/** @type {Range} */
const ANY = [0, Number.MAX_SAFE_INTEGER];
/** @type {Range} */
const FROM_ONE = [1, Number.MAX_SAFE_INTEGER];
/** @type {Range} */
const UP_TO_AN_HOUR = [1, 3_600_000];

/** @param {string} flag @param {Range} range */
const wholeNumber =
  (flag, [least, most]) =>
  (/** @type {string} */ text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range =
      most === Number.MAX_SAFE_INTEGER ? `, ${least} or more` : ` from ${least} to ${most}`;
    throw new UsageError(`${flag} must be a whole number${range}`);
  };

/** @param {string} flags @param {string} about @param {string} [group] */
const option = (flags, about, group) => {
  const made = new Option(flags, about);
  if (group) made.helpGroup(group);
  return made;
};

/** @param {string} flag @param {Range} range @param {string} about @param {string} [group] */
const number = (flag, range, about, group) =>
  option(`${flag} <n>`, about, group).argParser(wholeNumber(flag, range));

/** How a result is printed. */
const format = () => [
  option("-o, --output <format>", "how results are printed", HOW)
    .choices(["table", "json", "jsonl", "csv"])
    .default("table"),
  option("--json", "the same as --output json", HOW).implies({ output: "json" }),
  option("--quiet", "no progress and no notes; errors are still printed", HOW),
];

/** Where the service is, and how it is reached. */
const service = () => [
  option("--region <id>", "for example cn-north-4; default: HUAWEICLOUD_SDK_REGION", WHERE),
  option("--project-id <id>", "default: looked up through IAM", WHERE),
  option(
    "--profile <name>",
    "credentials of this source or KooCLI profile; default: the first one configured",
    WHERE,
  ),
  option("--endpoint <url>", "instead of the region's", WHERE),
  option("--iam-endpoint <url>", "instead of the region's", WHERE),
  option(
    "--proxy <url>",
    'send through this HTTP proxy; default: HTTPS_PROXY and NO_PROXY; "" for none',
    WHERE,
  ),
  number("--timeout-ms", [1, 600_000], "for one request", WHERE),
];

const asking = () => [
  option("-y, --yes", "do not ask; needed where there is no terminal to ask on"),
  option("--dry-run", "show what would be sent; reads are sent, the swap is not"),
];

const times = () => [
  number("--interval-ms", [50, 60_000], "between two reads"),
  number("--follow-timeout-ms", UP_TO_AN_HOUR, "for the job"),
];

/**
 * The program; whatever is chosen is handed to `run`.
 * @param {string} version
 * @param {(command: Run, args: string[], options: Record<string, any>) => Promise<void>} run
 */
export function program(version, run) {
  const all = new Command("huaweicloud-dcs")
    .description("Switch master and standby of a Huawei Cloud DCS (Redis) instance.")
    .usage("COMMAND [OPTIONS]")
    .version(version, "-V, --version", "the version")
    .helpOption("-h, --help", "this text")
    .helpCommand("help [command]", "what a command does and takes")
    .addHelpText("after", `\n${CREDENTIALS}\n\n${EXIT_CODES}`)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });

  /**
   * @param {string} usage @param {string} about @param {Option[]} options @param {Run} work
   * @param {string} [more]
   */
  const add = (usage, about, options, work, more) => {
    const command = all.command(usage).description(about);
    for (const one of options) command.addOption(one);
    command.helpOption("-h, --help", "this text");
    if (more) command.addHelpText("after", `\n${more}`);
    command.action((..._) => run(work, command.args, command.opts()));
    return command;
  };

  add(
    "switchover [INSTANCE...]",
    "check, swap once, follow the job, verify the roles",
    [
      option("--all", "every master/standby instance of the project"),
      option("--name <text>", "those whose name contains this"),
      option("--to-node <id>", "this node shall be master").conflicts(["toZone", "awayFromZone"]),
      option("--to-zone <zone>", "the master shall be in this zone").conflicts(["awayFromZone"]),
      option("--away-from-zone <zone>", "the master shall be in another zone"),
      option("--expect-master <id>", "refuse if another node is master by then"),
      option("--maintenance-window", "refuse outside of the instance's maintenance window"),
      number(
        "--max-replication-gap",
        ANY,
        "refuse if a standby that could take over is further behind, in bytes",
      ),
      ...asking(),
      number("--concurrency", FROM_ONE, "of several instances, how many at once; default: 4"),
      option("--stop-on-failure", "of several instances, start no further one after a failure"),
      ...times(),
      number("--verify-timeout-ms", UP_TO_AN_HOUR, "for the roles to change"),
      option(
        "--journal <folder>",
        'where it is written down that a swap leaves, for the next run; "none" for nowhere',
      ),
      ...service(),
      ...format(),
    ],
    switchover,
    `INSTANCE is an id or a name. With a goal (--to-node, --to-zone, --away-from-zone)
that is met already, nothing is sent.\n\n${EXIT_CODES}`,
  );
  add(
    "swap <INSTANCE>",
    "send the swap and print its job; nothing is followed or verified",
    [...asking(), ...service(), ...format()],
    swap,
    `INSTANCE is an id or a name.\n\n${EXIT_CODES}`,
  );
  add("roles <INSTANCE...>", "read which node is master", [...service(), ...format()], roles);
  add(
    "job <JOB_ID>",
    "read a job, or follow it to its end",
    [option("-f, --follow", "until it ends"), ...times(), ...service(), ...format()],
    job,
    EXIT_CODES,
  );
  add(
    "tasks <INSTANCE>",
    "list the background tasks of an instance",
    [
      number("--limit", [1, 1000], "at most this many; default: 10"),
      option("--start-time <time>", "begun after this: yyyyMMddHHmmss, UTC"),
      option("--end-time <time>", "begun before this"),
      ...service(),
      ...format(),
    ],
    tasks,
  );
  add(
    "instances",
    "list the instances of the project",
    [
      option("--name <text>", "those whose name contains this"),
      option("--status <status>", "for example RUNNING"),
      option("--roles", "read master and standby of each as well"),
      ...service(),
      ...format(),
    ],
    instances,
  );
  add("regions", "list the regions that DCS is known to serve", format(), regions);
  add(
    "sign <METHOD> <URL>",
    "print a signed request as a curl command",
    [
      option("-H, --header <header>", '"NAME: VALUE"; may be given again').argParser(
        (line, lines = /** @type {string[]} */ ([])) => [...lines, line],
      ),
      option("-d, --data <text>", "the body; @FILE reads a file").conflicts(["dataRaw"]),
      option("--data-raw <text>", "the body as it is, also where it begins with @"),
      option("--algorithm <name>", "default: SDK-HMAC-SHA256"),
      option("--region <id>", "with V11-HMAC-SHA256"),
      option("--service <name>", "with V11-HMAC-SHA256"),
      option("--project-id <id>", "sent and signed as X-Project-Id"),
      option("--profile <name>", "credentials of this source or KooCLI profile"),
      option(
        "--show-signature",
        "else it is masked; it is good for 15 minutes, so keep it out of logs",
      ),
      ...format(),
    ],
    sign,
  );
  add(
    "console",
    "list, switch over and follow in a page; the keys stay in this process",
    [
      option("--region <id>", "may be given again; default: HUAWEICLOUD_SDK_REGION").argParser(
        (id, ids = /** @type {string[]} */ ([])) => [...ids, id],
      ),
      option("--read-only", "read only; swaps are refused"),
      option("--port <n>", "default: any free port"),
      option("--open", "open it in a browser"),
      option("--audit <file>", "append two lines of JSON for each swap: before it, and after"),
      option("--idle-minutes <n>", "exit after this many idle minutes; default: 30"),
      ...service().filter(({ long }) =>
        ["--project-id", "--endpoint", "--iam-endpoint", "--proxy"].includes(long ?? ""),
      ),
    ],
    inPage,
    "It prints an address that can be used once.",
  );
  const shells = add(
    "completion <SHELL>",
    "print a script that completes commands and options: bash, zsh or fish",
    [],
    (order) => completion(order, all),
    `bash:  source <(huaweicloud-dcs completion bash)
zsh:   huaweicloud-dcs completion zsh > "\${fpath[1]}/_huaweicloud-dcs"
fish:  huaweicloud-dcs completion fish > ~/.config/fish/completions/huaweicloud-dcs.fish`,
  );
  shells.registeredArguments[0]?.choices(["bash", "zsh", "fish"]);
  return all;
}

/**
 * Starts the console, which reads its own options again. It is loaded only here.
 * @param {Order} order
 */
async function inPage({ options, signal, swaps }) {
  const words = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (name === "proxy" || value === false) return [];
    return value === true ? [flag] : [value].flat().map((one) => `${flag}=${one}`);
  });
  const { run } = await import("./console.mjs");
  const { stdout, stderr, env } = process;
  return run(words, { stdout, stderr, env, signal, swaps });
}

/**
 * The words with the command first: options may stand before it.
 * @param {string[]} words @param {Command} all
 */
export function commandFirst(words, all) {
  const withValue = new Set(
    all.commands
      .flatMap(({ options }) => options)
      .filter(({ required }) => required)
      .flatMap(({ short, long }) => [short, long]),
  );
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") break;
    if (!word.startsWith("-")) return [word, ...words.slice(0, at), ...words.slice(at + 1)];
    if (withValue.has(word)) at += 1;
  }
  return words;
}
