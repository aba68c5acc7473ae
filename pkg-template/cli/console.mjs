// @ts-check
// `huaweicloud-dcs console`: the console and its back end on this machine. The keys stay in this process; the page gets a
// cookie for the address that is printed here.

import { spawn } from "node:child_process";
import { hostname, userInfo } from "node:os";
import { parseArgs } from "node:util";
import { fileAudit } from "huaweicloud-dcs/server";
import { UsageError } from "./exit.mjs";
import { findKeys, NoKeys, shown } from "./console/keys.mjs";
import { ConsoleServer } from "./console/server.mjs";
import { enter, RunsAlready, stateFolder } from "./console/state.mjs";

/**
 * @typedef {object} Io
 * @property {{ write: (text: string) => unknown }} stdout
 * @property {{ write: (text: string) => unknown }} stderr
 * @property {AbortSignal} [signal] Ends the console.
 * @property {NodeJS.ProcessEnv} [env]
 * @property {import("./swaps.mjs").Swaps} [swaps] Learns of those that leave, so that whatever ends the command says so.
 */

/** Exit codes, those of the other commands. */
const DONE = 0;
const REFUSED = 1;
const USAGE = 2;

export const HELP = `huaweicloud-dcs console: list, switch over and follow in a page, with keys that stay in this process.

  --region ID            for example cn-north-4; may be given again; default: HUAWEICLOUD_SDK_REGION
  --read-only            read only; swaps are refused
  --port N               default: any free port
  --open                 open it in a browser
  --audit FILE           append two lines of JSON for each swap: before it is sent, and what came of it
  --idle-minutes N       exit after this many idle minutes; default: 30
  --project-id ID        default: looked up through IAM
  --endpoint URL         instead of the region's; --iam-endpoint URL likewise
  -h, --help             this text

It prints an address that can be used once. A swap whose audit line cannot be written is not sent.
`;

/** @type {import("node:util").ParseArgsConfig["options"]} */
const OPTIONS = {
  region: { type: "string", multiple: true },
  "read-only": { type: "boolean", default: false },
  port: { type: "string", default: "0" },
  open: { type: "boolean", default: false },
  audit: { type: "string" },
  "idle-minutes": { type: "string", default: "30" },
  "project-id": { type: "string" },
  endpoint: { type: "string" },
  "iam-endpoint": { type: "string" },
  help: { type: "boolean", short: "h", default: false },
};

/** A usage error. */
class Typed extends Error {}

/**
 * @param {string[]} args What stands after `console`.
 * @param {Io} [io]
 * @returns {Promise<number>} The exit code, when the console has ended.
 */
export async function run(args, io = process) {
  const { stdout, stderr, env = process.env } = io;
  try {
    const values = read(args);
    if (values.help) {
      stdout.write(HELP);
      return DONE;
    }
    return await serve(values, { ...io, env });
  } catch (error) {
    stderr.write(`${explain(error)}\n`);
    return error instanceof Typed || error instanceof UsageError ? USAGE : REFUSED;
  }
}

/** @param {string[]} args @returns {any} */
function read(args) {
  try {
    return parseArgs({ args, options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new Typed(error instanceof Error ? error.message : String(error));
  }
}

/** @param {unknown} error */
function explain(error) {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Typed) return `error: ${message}\nhuaweicloud-dcs console --help tells more`;
  if (error instanceof RunsAlready) {
    return `error: ${message}\nUse it, or end it (Ctrl+C in its terminal) before another is started.`;
  }
  if (error instanceof NoKeys) {
    return [
      "error: no keys were found. The console looks where the official SDKs look:",
      ...message
        .replace(/^no credentials: /, "")
        .split("; ")
        .map((reason) => `  - ${reason}`),
      "Set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or write [basic] with ak and sk into ~/.huaweicloud/credentials.",
    ].join("\n");
  }
  const { code } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  if (code === "EADDRINUSE") return "error: the port is taken: leave out --port for a free one";
  return `error: ${message}`;
}

/**
 * @param {any} values
 * @param {Io & { env: NodeJS.ProcessEnv }} io
 */
async function serve(values, { stdout, stderr, signal, env, swaps }) {
  const port = number("port", values.port, 0, 65_535);
  const idleMs = number("idle-minutes", values["idle-minutes"], 0, 1440) * 60_000;
  const regions = values.region ?? (env.HUAWEICLOUD_SDK_REGION ? [env.HUAWEICLOUD_SDK_REGION] : []);
  if (regions.length === 0) {
    throw new Typed(
      "no region: add --region, for example --region cn-north-4, or set HUAWEICLOUD_SDK_REGION",
    );
  }
  const { source, provider, key } = await findKeys({
    region: regions[0],
    ...(values["iam-endpoint"] && { iamEndpoint: values["iam-endpoint"] }),
  });
  const user = `${userInfo().username}@${hostname()}`;
  const server = makeServer(values, { regions, port, user, provider, stdout, stderr, swaps });
  const address = await server.listen();
  let leave;
  try {
    const running = {
      id: server.id,
      pid: process.pid,
      url: server.origin,
      startedAt: new Date().toISOString(),
    };
    leave = await enter(stateFolder(env), running);
    stdout.write(
      [
        `Keys:    access key ${shown(key)}, from ${source}`,
        `Region:  ${regions.join(", ")}`,
        `Project: ${values["project-id"] ?? key.projectId ?? "looked up through IAM when it is needed"}`,
        `You:     ${user}${values["read-only"] ? ", read only: swaps are refused" : ", and may swap"}`,
        ...(values.audit ? [`Audit:   ${values.audit}`] : []),
        "",
        `  ${address}`,
        "",
        `The address can be used once. Ctrl+C ends the console, and so do ${values["idle-minutes"]} idle minutes.`,
        "",
      ].join("\n"),
    );
    if (values.open) open(address);
    const why = await ending(server, idleMs, signal);
    if (server.busy > 0) stderr.write("Waiting for the answers that are under way …\n");
    stdout.write(`The console has ended: ${why}.\n`);
    return DONE;
  } finally {
    await server.close();
    leave?.();
  }
}

/**
 * @param {any} values
 * @param {{ regions: string[], port: number, user: string, provider: () => Promise<any> } & Pick<Io, "stdout" | "stderr" | "swaps">} with_
 */
function makeServer(values, { regions, port, user, provider, stdout, stderr, swaps }) {
  const file = values.audit === undefined ? undefined : fileAudit(values.audit);
  try {
    return new ConsoleServer({
      user,
      readOnly: values["read-only"],
      port,
      handler: {
        regions,
        credentials: provider,
        ...(values["project-id"] && { projectId: values["project-id"] }),
        ...(values.endpoint && { endpoint: values.endpoint }),
        ...(values["iam-endpoint"] && { iamEndpoint: values["iam-endpoint"] }),
        audit: async (entry) => {
          await file?.(entry);
          if (entry.outcome === "sending") return swaps?.leaves(entry.instanceId);
          swaps?.settled(entry.instanceId);
          stdout.write(`${told(entry)}\n`);
        },
        onError: (error) => stderr.write(`${reasonOf(error)}\n`),
      },
    });
  } catch (error) {
    // What the handler refuses was typed here.
    if (error instanceof TypeError)
      throw new Typed(error.message.replace("createDcsHandler: ", ""));
    throw error;
  }
}

/** A swap in a line. @param {import("huaweicloud-dcs/server").AuditEntry} entry */
const told = ({ time, user, instanceId, region, outcome, jobId, code, requestId }) =>
  [
    time,
    user,
    `swap of ${instanceId} in ${region}: ${outcome}`,
    jobId && `job ${jobId}`,
    code,
    requestId && `request ${requestId}`,
  ]
    .filter(Boolean)
    .join("  ");

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return `${error.name}: ${error.message}${cause}`;
}

/**
 * Why it ends, when it does.
 * @param {ConsoleServer} server
 * @param {number} idleMs
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
function ending(server, idleMs, signal) {
  return new Promise((resolve) => {
    const look = () => {
      const left = server.active + idleMs - performance.now();
      if (server.busy === 0 && left <= 0) return resolve("nobody has asked for anything");
      timer = setTimeout(look, Math.max(left, 50));
    };
    let timer = setTimeout(look, 0);
    const stop = () => {
      clearTimeout(timer);
      resolve("as you asked");
    };
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** @param {string} name @param {string} text @param {number} least @param {number} most */
function number(name, text, least, most) {
  const value = Number(text);
  if (
    /^\d+(\.\d+)?$/.test(text) &&
    value >= least &&
    value <= most &&
    (name !== "port" || Number.isInteger(value))
  )
    return value;
  throw new Typed(`--${name} must be a number from ${least} to ${most}`);
}

/** Opens a browser; where there is none, the address stands in the terminal. @param {string} address */
function open(address) {
  const [program, args] =
    process.platform === "darwin"
      ? ["open", [address]]
      : process.platform === "win32"
        ? ["rundll32", ["url.dll,FileProtocolHandler", address]]
        : ["xdg-open", [address]];
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
