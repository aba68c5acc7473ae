// @ts-check
// The commands, each a function from an order to an exit code. What is refused is thrown.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { DcsClient, RequestTimeoutError, signRequest } from "huaweicloud-dcs";
import { fromChain } from "huaweicloud-dcs/credentials";
import { DONE, REFUSED, UNKNOWN, UsageError } from "./usage.mjs";

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {import("huaweicloud-dcs").SwitchoverReport} SwitchoverReport */
/** @typedef {import("huaweicloud-dcs").NodeRole} NodeRole */

/** @param {Order} order */
export async function swap(order) {
  const { output, signal } = order;
  const [instanceId] = only(order, "INSTANCE_ID");
  if (order.values["dry-run"]) return dryRun(order, instanceId, false);
  if (!(await mayGoOn(order, instanceId))) return REFUSED;
  const dcs = client(order);
  const answer = await dcs.changeMasterStandbyAsync({ instanceId, signal });
  output.result(answer, [
    `accepted: job ${answer.job_id}`,
    `follow it: huaweicloud-dcs job ${answer.job_id} --follow`,
  ]);
  return DONE;
}

/** @param {Order} order */
export async function switchover(order) {
  const { positionals, output, signal } = order;
  if (positionals.length === 0) throw new UsageError("an INSTANCE_ID is missing");
  const [instanceId = ""] = positionals;
  if (order.values["dry-run"]) {
    if (positionals.length > 1) throw new UsageError("--dry-run takes one INSTANCE_ID");
    return dryRun(order, instanceId, true);
  }
  if (!(await mayGoOn(order, positionals.join(", ")))) return REFUSED;
  const dcs = client(order);
  if (positionals.length > 1) return fleet(order, dcs);
  /** @type {SwitchoverReport | undefined} */
  let last;
  const onEvent = (/** @type {any} */ event) => {
    if (event.type === "report") last = event.report;
    output.event(event);
  };
  try {
    const report = await dcs.switchover({ instanceId, signal, onEvent, ...following(order) });
    output.result(report, told(report));
    return DONE;
  } catch (error) {
    // An abort brings its own reason; what is known of the swap is in the last event.
    if (!signal.aborted || !last) throw error;
    output.result(last, told(last));
    return last.result === "unknown" ? UNKNOWN : REFUSED;
  }
}

/** Several instances. @param {Order} order @param {import("huaweicloud-dcs").DcsClient} dcs */
async function fleet(order, dcs) {
  const { values, positionals, output, signal } = order;
  const onEvent = (/** @type {any} */ event) =>
    output.event(event, event.instanceId ? `${event.instanceId}: ` : "");
  const results = await dcs.switchoverAll(positionals, {
    ...following(order),
    ...numbers(values, { concurrency: "concurrency" }),
    stopOnFailure: values["stop-on-failure"] === true,
    signal,
    onEvent,
  });
  const lines = results.map(({ instanceId, state, report, error }) => {
    const why = report?.reason ?? (error instanceof Error ? error.message : undefined);
    return `${instanceId}: ${report?.result ?? state}${why ? `: ${why}` : ""}`;
  });
  output.result(
    results.map(({ error, ...rest }) => ({
      ...rest,
      ...(error instanceof Error && { error: { name: error.name, message: error.message } }),
    })),
    lines,
  );
  const doubtful = results.some(({ report }) => report?.result === "unknown");
  if (doubtful) return UNKNOWN;
  return results.every(({ state }) => state === "fulfilled") ? DONE : REFUSED;
}

/** @param {Order} order */
export async function job(order) {
  const { values, output, signal } = order;
  const [jobId] = only(order, "JOB_ID");
  const dcs = client(order);
  if (!values.follow) {
    const state = await dcs.showJobInfo({ jobId, signal });
    output.result(state, [describe(state)]);
    return state.status === "FAIL" ? REFUSED : DONE;
  }
  let last;
  try {
    for await (const state of dcs.followJob(jobId, { signal, ...following(order) })) {
      if (state.status !== last?.status) output.progress(`job ${state.status}`);
      last = state;
    }
  } catch (error) {
    if (!(error instanceof RequestTimeoutError)) throw error;
    // How the job ends is not known.
    output.error(error);
    return UNKNOWN;
  }
  output.result(last, [last ? describe(last) : "no state of the job was read"]);
  return last?.status === "SUCCESS" ? DONE : UNKNOWN;
}

/** @param {import("huaweicloud-dcs").JobInfo} job */
const describe = ({ job_id: id, status, fail_reason: why }) =>
  `job ${id}: ${status}${why ? ` (${why})` : ""}`;

/** @param {Order} order */
export async function instances(order) {
  const { values, output, signal } = order;
  only(order);
  /** @type {import("huaweicloud-dcs").InstanceInfo[]} */
  const found = [];
  const filter = { ...strings(values, { name: "name", status: "status" }), limit: 100, signal };
  for await (const instance of client(order).iterateInstances(filter)) found.push(instance);
  const rows = found.map(({ instance_id: id, name = "", status, engine = "", capacity }) => [
    id,
    name,
    status,
    engine,
    capacity === undefined ? "" : `${capacity} GB`,
  ]);
  const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  output.result(
    found,
    rows.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    ),
  );
  return DONE;
}

/** @param {Order} order */
export async function sign(order) {
  const { values, output } = order;
  const [method, url] = only(order, "METHOD", "URL");
  const data = typeof values.data === "string" ? values.data : undefined;
  const body = data?.startsWith("@") ? readBody(data.slice(1)) : data;
  const key = await fromChain()();
  const { headers } = signRequest({
    method,
    url,
    headers: headersOf(values, key.projectId),
    body,
    credentials: key,
    ...strings(values, { algorithm: "algorithm", service: "service", region: "region" }),
  });
  const shown = values["show-signature"] ? headers : masked(headers);
  output.result({ method, url, headers: shown }, [curl(method, url, shown, data)]);
  return DONE;
}

/** @param {string} path */
function readBody(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`--data: ${error instanceof Error ? error.message : error}`);
  }
}

/** @param {import("./main.mjs").Values} values @param {string | undefined} projectId */
function headersOf(values, projectId) {
  const project = values["project-id"] ?? projectId;
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (typeof project === "string") headers["X-Project-Id"] = project;
  for (const line of Array.isArray(values.header) ? values.header : []) {
    const at = line.indexOf(":");
    if (at < 1) throw new UsageError(`--header "${line}" is not of the form "NAME: VALUE"`);
    headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return headers;
}

/** @param {Record<string, string>} headers */
const masked = (headers) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (/^x-(security|auth)-token$/i.test(name)) return [name, "***"];
      return [name, value.replace(/(Signature=)\w+/, "$1***")];
    }),
  );

/**
 * @param {string} method @param {string} url @param {Record<string, string>} headers
 * @param {string | undefined} data
 */
function curl(method, url, headers, data) {
  const quoted = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl -X ${method.toUpperCase()} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers))
    parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (data !== undefined) parts.push(`--data-binary ${quoted(data)}`);
  return parts.join(" \\\n  ");
}

/**
 * Shows the swap, and sends everything but it.
 * @param {Order} order @param {string} instanceId
 * @param {boolean} checked Whether instance and roles are read first.
 */
async function dryRun(order, instanceId, checked) {
  const { output } = order;
  const stop = new AbortController();
  /** @type {Request | undefined} */
  let held;
  /** @type {import("huaweicloud-dcs").FetchLike} */
  const fetch = (request) => {
    if (request.method === "GET") return globalThis.fetch(request);
    held = request;
    stop.abort(new Error("dry run"));
    return new Promise(() => {});
  };
  /** @type {SwitchoverReport | undefined} */
  let report;
  const onEvent = (/** @type {any} */ event) => {
    if (event.type === "report") report = event.report;
  };
  const dcs = client(order, { fetch, onEvent });
  const signal = AbortSignal.any([stop.signal, order.signal]);
  const call = checked
    ? dcs.switchover({ instanceId, signal, ...following(order) })
    : dcs.changeMasterStandbyAsync({ instanceId, signal });
  await call.catch((/** @type {unknown} */ error) => {
    if (!held) throw error;
  });
  if (!held) throw new Error("the swap was not reached");
  const { method, url } = held;
  const before = report?.before;
  output.result({ dryRun: true, method, url, ...(before && { before }) }, [
    ...(before ?? []).map(node),
    `would send: ${method} ${url}`,
    "Nothing was swapped.",
  ]);
  return DONE;
}

/** Asks on a terminal, unless told not to. @param {Order} order @param {string} what */
async function mayGoOn({ values, output, signal }, what) {
  if (values.yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError(
      "there is no terminal to ask on: add --yes to swap unasked. Nothing was sent",
    );
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `The service is interrupted for a moment. Swap the nodes of ${what} now? [y/N] `;
    if (/^y(es)?$/i.test((await lines.question(question, { signal })).trim())) return true;
  } finally {
    lines.close();
  }
  output.progress("Nothing was sent.");
  return false;
}

/** A report in lines. @param {SwitchoverReport} report */
function told({ instanceId, result, reason, before, after, durationMs }) {
  const nodes = after ?? before ?? [];
  return [
    ...nodes.map(node),
    `${instanceId}: ${result} in ${(durationMs / 1000).toFixed(1)} s: ${reason}`,
  ];
}

/** @param {NodeRole} node */
const node = ({ nodeId, role, ip, azCode }) =>
  [role.padEnd(6), nodeId, ip, azCode].filter(Boolean).join("  ");

/**
 * The positional arguments, as many as there have to be.
 * @template {string[]} Names
 * @param {Order} order @param {Names} names
 * @returns {{ [at in keyof Names]: string }}
 */
function only({ positionals }, ...names) {
  if (positionals.length < names.length)
    throw new UsageError(`${names[positionals.length]} is missing`);
  if (positionals.length > names.length) {
    throw new UsageError(`"${positionals[names.length]}" is one argument too many`);
  }
  return /** @type {any} */ (positionals);
}

/** @param {Order} order @param {import("huaweicloud-dcs").ClientOptions} [more] */
function client({ values, output }, more) {
  return new DcsClient({
    ...strings(values, {
      region: "region",
      endpoint: "endpoint",
      "iam-endpoint": "iamEndpoint",
      "project-id": "projectId",
    }),
    ...numbers(values, { "timeout-ms": "timeoutMs" }),
    onEvent: (event) => event.type === "retry" && output.event(event),
    ...more,
  });
}

/** @param {Order} order */
const following = ({ values }) =>
  numbers(values, {
    "interval-ms": "intervalMs",
    "follow-timeout-ms": "followTimeoutMs",
    "verify-timeout-ms": "verifyTimeoutMs",
  });

/**
 * Options of the client from those of the command line.
 * @param {import("./main.mjs").Values} values @param {Record<string, string>} names
 */
function strings(values, names) {
  /** @type {Record<string, string>} */
  const taken = {};
  for (const [name, own] of Object.entries(names)) {
    const value = values[name];
    if (typeof value === "string") taken[own] = value;
  }
  return /** @type {any} */ (taken);
}

/** @param {import("./main.mjs").Values} values @param {Record<string, string>} names */
function numbers(values, names) {
  /** @type {Record<string, number>} */
  const taken = {};
  for (const [name, text] of Object.entries(strings(values, names))) {
    const number = Number(text);
    if (text === "" || !Number.isInteger(number))
      throw new UsageError(`--${flag(name, names)} must be a whole number`);
    taken[name] = number;
  }
  return taken;
}

/** @param {string} own @param {Record<string, string>} names */
const flag = (own, names) => Object.entries(names).find(([, name]) => name === own)?.[0];
