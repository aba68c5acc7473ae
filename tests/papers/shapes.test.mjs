// @ts-check
// The types name every member that there is at run time: whatever calls answer with under many faults is written down as
// literals of their types, and TypeScript refuses a literal with a member that its type does not have.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { ROOT, WORK, tool } from "./support/world.mjs";

const pkg = process.env.DCS_PKG ?? join(ROOT, "pkg");
const load = (/** @type {string} */ file) => import(pathToFileURL(join(pkg, file)).href);
const { DcsClient, DcsError } = await load("node.mjs");
const { createDcsHandler } = await load("server.mjs");
const { createEmulator } = await load("emulator.node.mjs");

/** Members whose values tell members of a union apart. */
const TELLING = ["type", "phase", "result", "outcome", "state", "doubt", "role", "kind"];

/** What a value looks like, so that one of a kind is written. @param {any} value @returns {string} */
function shape(value) {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shape))].sort()}]`;
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  const member = (/** @type {string} */ key) =>
    `${key}:${TELLING.includes(key) && typeof value[key] === "string" ? value[key] : shape(value[key])}`;
  return `{${Object.keys(value).sort().map(member)}}`;
}

/** @type {Map<string, string>} */
const literals = new Map();
/** @param {string} type @param {any} value */
function add(type, value) {
  if (value === undefined) return;
  const key = `${type} ${shape(value)}`;
  if (!literals.has(key))
    literals.set(key, `export const v${literals.size}: ${type} = ${JSON.stringify(value)};`);
}

/** @param {any} error */
function addError(error) {
  if (!(error instanceof DcsError)) throw error;
  // What every error of the platform has is typed there.
  const names = Object.getOwnPropertyNames(error).filter(
    (name) => !["message", "stack", "cause"].includes(name),
  );
  const own = Object.fromEntries(names.map((name) => [name, error[name]]));
  if (own.report) own.report = JSON.parse(JSON.stringify(own.report));
  add(`Bare<R.${error.name}>`, { name: error.name, ...own });
}

/** Adds what a call resolves to, or its error. @param {string} type @param {() => Promise<any>} call */
async function call(type, call) {
  try {
    const answer = await call();
    add(type, { ...answer, httpStatusCode: answer.httpStatusCode, requestId: answer.requestId });
  } catch (error) {
    addError(error);
  }
}

/** @param {() => Promise<any>} run */
async function report(run) {
  try {
    add("R.SwitchoverReport", await run());
  } catch (error) {
    addError(error);
  }
}

const READS = {
  showInstance: "R.InstanceInfo & R.AnswerMeta",
  listGroupReplicationInfo: "R.ListGroupReplicationInfoResponse",
  listBackgroundTask: "Closed<R.ListBackgroundTaskResponse>",
  listInstances: "R.ListInstancesResponse",
};
const SWAPS = {
  changeMasterStandbyAsync: "R.ChangeMasterStandbyAsyncResponse",
  changeMasterStandby: "R.ChangeMasterStandbyResponse",
};

const FAULTS = [
  undefined,
  ...["drop_before", "drop_after", "gateway_refused", "job_fail", "roles_stuck", "malformed_body"],
  ...["no_content", "html", "second_copy", "somebody_swaps", "new_node_ids", "about_another"],
].map((kind) => kind && { kind });
const more = [
  { kind: "clock", offset_ms: 3_000_000 },
  { kind: "status", status: 403, encoded_authorization_message: "abc", shape: "iam" },
];

/** One cloud under one fault, whichever operation it is armed for. @param {any} fault */
async function under(fault) {
  const { admin, config, fetch, instanceIds } = await createEmulator({ instances: 2, jobMs: 30 });
  const [instanceId] = instanceIds;
  const onEvent = (/** @type {any} */ event) => add("R.DcsEvent", event);
  const retry = { maxAttempts: 2, baseDelayMs: 5, maxDelayMs: 10 };
  const dcs = new DcsClient({ ...config, fetch, onEvent, retry, timeoutMs: 3000 });
  const times = { verifyTimeoutMs: 500, followTimeoutMs: 800, intervalMs: 50 };
  /** @type {Map<string, any>} */
  const kept = new Map();
  const journal = {
    read: async (/** @type {string} */ key) => kept.get(key),
    write: async (/** @type {string} */ key, /** @type {any} */ record) => {
      add("R.SwitchoverRecord", record);
      kept.set(key, record);
    },
    remove: async (/** @type {string} */ key) => void kept.delete(key),
  };
  /** @param {string} operation @param {() => Promise<any>} run */
  const armed = async (operation, run) => {
    const name = operation.slice(0, 1).toUpperCase() + operation.slice(1);
    if (fault) await admin.arm({ operation: name }, fault, { times: 3 });
    await run();
    await admin.disarm();
  };
  for (const operation of ["changeMasterStandbyAsync", "listGroupReplicationInfo", "showJobInfo"])
    await armed(operation, () => report(() => dcs.switchover({ instanceId, ...times })));
  await armed("changeMasterStandbyAsync", () =>
    report(() => dcs.switchover({ instanceId, journal, ...times })),
  );
  for (const [operation, type] of Object.entries({ ...READS, ...SWAPS }))
    await armed(operation, () =>
      call(type, () => dcs[operation](operation === "listInstances" ? {} : { instanceId })),
    );
  for (const [, record] of kept) await report(() => dcs.resumeSwitchover(record, times));
  const nodeId = await admin.master(instanceId);
  await report(() => dcs.switchover({ instanceId, to: { nodeId }, ...times }));
  await report(() => dcs.switchover({ instanceId, expectedMaster: "another", ...times }));
  add("R.SwitchoverPlan", await dcs.checkSwitchover({ instanceId }));
  add("E.State", await admin.state(5, 3));
  add("E.Truth", await admin.truth(instanceId));
  add("E.Config", await admin.config());
  add("E.Settings", await admin.change(instanceId, {}));
  add("E.Counters", await admin.counters(instanceId));
  for (const seen of await admin.requestsFor(instanceId)) add("E.Seen", seen);
  add("E.CloudConfig", config);
  const handler = createDcsHandler({
    ...{ basePath: "/dcs", regions: [config.region], credentials: config.credentials, fetch },
    ...{ projectId: config.projectId, endpoint: config.endpoint, iamEndpoint: config.iamEndpoint },
    authorize: () => ({ user: "operator" }),
    audit: (/** @type {any} */ entry) => add("S.AuditEntry", entry),
    onError: () => {},
  });
  const throughIt = (/** @type {any} */ input, /** @type {any} */ init) =>
    handler(new Request(input, init));
  const page = new DcsClient({ server: "https://x.example/dcs", fetch: throughIt, onEvent });
  await armed("changeMasterStandbyAsync", () =>
    report(() => page.switchover({ instanceId, ...times })),
  );
}

/** A refusal that says how long to wait, which is not waited for. */
async function refused() {
  const { admin, config, fetch, instanceIds } = await createEmulator();
  await admin.arm({ operation: "ShowInstance" }, { kind: "gateway_refused", retry_after: 7 });
  const dcs = new DcsClient({ ...config, fetch, retry: false });
  await call(READS.showInstance, () => dcs.showInstance({ instanceId: instanceIds[0] }));
}

/** Without the signature by which it takes members that it does not name. */
const HEAD = `import type * as R from "huaweicloud-dcs";
import type * as E from "huaweicloud-dcs/emulator";
import type * as S from "huaweicloud-dcs/server";
type Named<T> = { [K in keyof T as string extends K ? never : K]: T[K] };
type Closed<T extends { tasks: unknown[] }> = Named<Omit<T, "tasks">> & { tasks: Task[] };
type Task = Named<R.BackgroundTaskInfo>;
type Bare<T> = Omit<T, "message" | "stack" | "cause">;
`;

test("no answer, event, report or error has a member that its type does not name", async () => {
  await Promise.all([refused(), ...[...FAULTS, ...more].map(under)]);
  const kinds = new Set([...literals.keys()].map((key) => key.split(" ")[0]));
  for (const kind of ["R.DcsEvent", "R.SwitchoverRecord", "S.AuditEntry", "E.State"])
    assert.ok(kinds.has(kind), kind);
  const every = [...literals.keys()].join("\n");
  // What has to come up, or the test shows nothing of it.
  for (const part of ["type:clock", "type:retry", "retryAfterMs", "encodedAuthorizationMessage"])
    assert.ok(every.includes(part), part);
  const folder = join(WORK, "shapes");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync(pkg, join(folder, "node_modules/huaweicloud-dcs"), "junction");
  writeFileSync(join(folder, "shapes.mts"), HEAD + [...literals.values()].join("\n"));
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"];
  const lib = ["--lib", "es2022,dom,dom.iterable", "--typeRoots", "./no-types"];
  const args = [...flags, ...lib, "shapes.mts"];
  const { status, stdout } = spawnSync(tool("tsc"), args, { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stdout.slice(0, 4000));
});
