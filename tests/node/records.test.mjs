// @ts-check
// Records of other runs, and answers that say less than they seem to: a switchover believes neither more than they prove.
// The service is a small one of this file's own, so that each answer can be given at will.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DcsClient } from "huaweicloud-dcs";
import { fileJournal } from "huaweicloud-dcs/journal";

const ID = "00000000-0000-4000-8000-0000000000ab";
const OTHER = "00000000-0000-4000-8000-0000000000cd";
const JOB = "0123456789abcdef0123456789abcdef";

/** @typedef {Record<string, () => any>} Answers What is answered in place of the usual; undefined for the usual. */

/** @param {unknown} body @param {number} [status] @param {Record<string, string>} [headers] */
const json = (body, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { date: new Date().toUTCString(), ...headers },
  });

/** An instance of the nodes `a` and `b`. @param {Answers} [answers] */
function service(answers = {}) {
  const state = {
    master: "a",
    swaps: 0,
    tasks: /** @type {object[]} */ ([]),
    answers,
    swap() {
      state.master = state.master === "a" ? "b" : "a";
      const id = `t${state.tasks.length}`;
      state.tasks.unshift({ id, name: "masterStandbySwapJob", status: "SUCCESS", job_id: JOB });
    },
    /** @param {Request} request */
    async fetch({ url }) {
      const { pathname } = new URL(url);
      const last = pathname.split("/").at(-1) ?? "";
      const kind = pathname.includes("/jobs/") ? "job" : last === ID ? "instance" : last;
      if (kind === "async-swap") state.swaps += 1;
      const answer = await state.answers[kind]?.();
      if (answer) return answer;
      if (kind === "async-swap") {
        state.swap();
        return json({ job_id: JOB });
      }
      if (kind === "job") return json({ job_id: last, status: "SUCCESS" });
      if (kind === "tasks") return json({ task_count: state.tasks.length, tasks: state.tasks });
      if (kind === "groups")
        return json({ group_list: [{ replication_list: nodes(state.master) }] });
      return json({ instance_id: last, status: "RUNNING", cache_mode: "ha" });
    },
  };
  return state;
}

/** @param {string} master */
const nodes = (master) =>
  ["a", "b"].map((id) => ({
    node_id: id,
    replication_id: `r${id}`,
    replication_role: id === master ? "master" : "slave",
    replication_ip: `10.0.0.${id}`,
    status: "Active",
  }));

/** @param {ReturnType<typeof service>} of @param {object} [options] */
const client = (of, options) =>
  new DcsClient(
    /** @type {any} */ ({
      region: "cn-north-4",
      projectId: "0123456789abcdef0123456789abcdef",
      credentials: { ak: "AK", sk: "SK" },
      fetch: of.fetch,
      intervalMs: 50,
      verifyTimeoutMs: 300,
      followTimeoutMs: 1000,
      retry: { baseDelayMs: 1, maxDelayMs: 5 },
      ...options,
    }),
  );

/** The record of a run that began long ago. @param {object} [more] @returns {any} */
const record = (more) => ({
  version: 1,
  id: "r1",
  instanceId: ID,
  startedAt: "20250101T000000Z",
  state: "accepted",
  jobId: JOB,
  before: [
    { nodeId: "a", role: "master", status: "Active" },
    { nodeId: "b", role: "slave", status: "Active" },
  ],
  tasks: [],
  ...more,
});

/** Resolved or rejected, the report. @param {Promise<any>} promise */
const reportOf = (promise) => promise.catch((error) => error.report ?? assert.fail(error));

/** @type {string} */
let folder;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "records-"))));
afterEach(() => rm(folder, { recursive: true }));

const lost = () => {
  throw new TypeError("reset");
};

/** Closed until it is opened. */
function gate() {
  let open = () => {};
  const opened = new Promise((resolve) => (open = () => resolve(undefined)));
  return { open, opened };
}

test("a run that pauses for flow control writes its record again before it sends", async () => {
  const of = service();
  const journal = () => fileJournal(folder);
  const [goOn, answer] = [gate(), gate()];
  /** @type {string | undefined} */
  let written;
  of.answers["async-swap"] = async () => {
    if (of.swaps === 1) return json({ error_code: "APIGW.0308" }, 429, { "retry-after": "0" });
    of.swap();
    written = (await journal().read(ID))?.state;
    await answer.opened;
    return lost();
  };
  /** Waits after the refusal, as for a long `Retry-After`. @param {Request} request */
  const fetch = async (request) => {
    if (of.swaps === 1) await goOn.opened;
    return of.fetch(request);
  };
  const first = reportOf(
    client(of, { fetch, timeoutMs: 60_000 }).switchover({ instanceId: ID, journal: journal() }),
  );
  while (of.swaps < 1) await sleep(10);
  const second = await reportOf(client(of).switchover({ instanceId: ID, journal: journal() }));
  assert.deepEqual([second.result, second.resumed], ["not swapped", true], second.reason);
  assert.doesNotMatch(second.reason, /answer to the swap was lost/);
  assert.equal(await journal().read(ID), undefined);
  goOn.open();
  while (!written) await sleep(10);
  assert.equal(written, "sending", "the swap leaves with its record");
  const third = await reportOf(client(of).switchover({ instanceId: ID, journal: journal() }));
  assert.deepEqual([third.result, third.resumed], ["swapped", true], third.reason);
  answer.open();
  assert.equal((await first).result, "swapped");
  assert.deepEqual([of.swaps, of.master], [2, "b"], "one was refused, one ran");
});

test("a record is not ended while the run that wrote it may still send", async () => {
  const of = service();
  const startedAt = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const sending = record({ state: "sending", jobId: undefined, startedAt });
  setTimeout(of.swap, 1500);
  const report = await reportOf(client(of).resumeSwitchover(sending));
  assert.equal(report.result, "swapped", report.reason);
});

test("a run that writes its record again while another finds out is followed", async () => {
  const of = service();
  const journal = fileJournal(folder);
  await journal.write(ID, record({ state: "sending", jobId: undefined }));
  let reads = 0;
  const other = {
    ...methods(fileJournal(folder)),
    /** @param {string} key */
    async read(key) {
      reads += 1;
      if (reads === 2) {
        of.swap();
        await journal.write(key, record({ startedAt: "20250101T000100Z" }));
      }
      return fileJournal(folder).read(key);
    },
  };
  const report = await reportOf(client(of).switchover({ instanceId: ID, journal: other }));
  assert.deepEqual([report.result, of.swaps, reads > 1], ["swapped", 0, true], report.reason);
});

/** @param {import("huaweicloud-dcs").SwitchoverJournal} journal */
const methods = (journal) => ({
  read: journal.read.bind(journal),
  write: journal.write.bind(journal),
  remove: journal.remove.bind(journal),
});

test("a record that was resolved is removed, and not another run's", async () => {
  const of = service();
  of.master = "b";
  const live = record({ id: "live", state: "sending", jobId: undefined });
  await fileJournal(folder).write(ID, live);
  const report = await client(of).resumeSwitchover(record(), { journal: fileJournal(folder) });
  assert.equal(report.result, "swapped");
  assert.equal((await fileJournal(folder).read(ID))?.id, "live");
  // An id in capitals is that of the same instance.
  const same = { ...live, instanceId: ID.toUpperCase() };
  await client(of).resumeSwitchover(same, { journal: fileJournal(folder) });
  assert.equal(await fileJournal(folder).read(ID), undefined);
});

test("a record of another instance is not believed, and nothing is sent", async () => {
  const of = service();
  of.master = "b";
  /** @type {string[]} */
  const removed = [];
  const journal = {
    read: async () => record({ instanceId: OTHER }),
    write: async () => {},
    remove: async (/** @type {string} */ key) => void removed.push(key),
  };
  const report = await reportOf(client(of).switchover({ instanceId: ID, journal }));
  assert.deepEqual(
    [report.instanceId, report.result, report.outcome],
    [ID, "not swapped", "not_sent"],
  );
  assert.match(report.reason, /the journal cannot be read: record is of another instance/);
  assert.deepEqual([of.swaps, removed], [0, []]);
});

test("one instance in capitals and small letters is one instance", async () => {
  const of = service();
  await assert.rejects(client(of).switchoverAll([ID, ID.toUpperCase()], { concurrency: 1 }), {
    field: "instanceIds",
    message: /has an id twice/,
  });
  assert.equal(of.swaps, 0);
});

describe("a list of tasks is a proof only if it holds the newest", () => {
  for (const [what, body, result] of /** @type {[string, object, string][]} */ ([
    ["no tasks, and says so", { task_count: "0", tasks: [] }, "not swapped"],
    ["no tasks of one", { task_count: "1", tasks: [] }, "unknown"],
    ["one of many", { task_count: 58, tasks: [{ id: "t", name: "backupJob" }] }, "unknown"],
  ])) {
    test(what, async () => {
      const of = service({ tasks: () => json(body), "async-swap": lost });
      const report = await reportOf(client(of).switchover({ instanceId: ID }));
      assert.equal(report.result, result, report.reason);
    });
  }
});

test("ids that contradict each other are no change of roles", async () => {
  const of = service();
  of.answers["async-swap"] = () => {
    // Node `a` stays master, with what else was of `b`.
    of.answers["groups"] = () => {
      const [a, b] = /** @type {[any, any]} */ (nodes("a"));
      const mixed = [
        { ...b, node_id: "a", replication_role: "master" },
        { ...a, node_id: "b", replication_role: "slave" },
      ];
      return json({ group_list: [{ replication_list: mixed }] });
    };
    return json({ job_id: JOB });
  };
  const report = await reportOf(client(of).switchover({ instanceId: ID }));
  assert.equal(report.result, "unknown", report.reason);
});

test("roles that changed, but not to where the master shall be, are told and rejected", async () => {
  const of = service();
  of.master = "b";
  const journal = fileJournal(folder);
  await journal.write(ID, record());
  const call = client(of).switchover({ instanceId: ID, journal, to: { nodeId: "a" } });
  await assert.rejects(call, (/** @type {any} */ error) => {
    const { report } = error;
    assert.deepEqual([report.result, report.goalMissed, report.resumed], ["swapped", true, true]);
    assert.match(report.reason, /the master is b, which is not where it shall be$/);
    return true;
  });
  // The record is over: the next run reaches the goal.
  const report = await client(of).switchover({ instanceId: ID, journal, to: { nodeId: "a" } });
  assert.deepEqual([report.result, report.goalMissed, of.master], ["swapped", undefined, "a"]);
});

test("the record of a swap that was accepted long ago does not stay for ever", async () => {
  for (const [job, reason] of /** @type {[() => any, RegExp][]} */ ([
    [() => undefined, /its record is removed/],
    [
      () => json({ error_code: "DCS.4100", error_msg: "no such job" }, 404),
      /does not know the job any more.*its record is removed/,
    ],
  ])) {
    const of = service({ job });
    const journal = fileJournal(folder);
    await journal.write(ID, record());
    const report = await reportOf(client(of).switchover({ instanceId: ID, journal }));
    assert.equal(report.result, "unknown");
    assert.match(report.reason, reason);
    assert.equal(await journal.read(ID), undefined);
  }
});

test("the cause is what ended the switchover, and not a read that failed later", async () => {
  const refusal = { error_code: "DCS.4061", error_msg: "not in this mode" };
  const of = service();
  of.answers["async-swap"] = () => {
    of.answers["instance"] = lost;
    return json(refusal, 400);
  };
  await assert.rejects(client(of).switchover({ instanceId: ID }), (/** @type {any} */ error) => {
    assert.equal(error.report.outcome, "rejected");
    assert.deepEqual([error.cause.name, error.cause.code], ["ServiceResponseError", "DCS.4061"]);
    return true;
  });
});

test("flow control of a switchover's swap holds the client's other calls back as well", async () => {
  for (const [status, code] of /** @type {[number, string][]} */ ([
    [429, "APIGW.0308"],
    [503, "APIGW.0308"],
  ])) {
    const of = service();
    let refusedAt = 0;
    of.answers["async-swap"] = () => {
      if (of.swaps > 1) return undefined;
      refusedAt = performance.now();
      return json({ error_code: code, error_msg: "too many" }, status, { "retry-after": "1" });
    };
    const dcs = client(of);
    const report = dcs.switchover({ instanceId: ID });
    while (refusedAt === 0) await sleep(10);
    await sleep(50);
    await dcs.showInstance({ instanceId: ID });
    assert.ok(performance.now() - refusedAt >= 990, "it waited");
    assert.equal((await report).result, "swapped");
  }
});
