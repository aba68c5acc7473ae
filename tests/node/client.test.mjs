// @ts-check
// DcsClient: the reads, pages, jobs, and the end of a client.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DcsClient } from "huaweicloud-dcs";
import * as emulator from "./support/emulator.mjs";
import { failure, refused } from "./support/expect.mjs";

/** A client of its own, and an instance. @param {Record<string, unknown>} [overrides] @param {any} [more] */
async function make(overrides, more = {}) {
  const { instanceId, ...options } = await emulator.target(overrides);
  const dcs = new DcsClient({ ...options, retry: { baseDelayMs: 1 }, ...more });
  return { dcs, instanceId, credentials: options.credentials };
}

describe("reads", () => {
  test("showInstance", async () => {
    const { dcs, instanceId } = await make({ name: "mine", cache_mode: "ha_rw_split" });
    const instance = await dcs.showInstance({ instanceId });
    assert.equal(instance.instance_id, instanceId);
    assert.equal(instance.name, "mine");
    assert.equal(instance.cache_mode, "ha_rw_split");
    assert.equal(instance.status, "RUNNING");
    assert.equal(instance.httpStatusCode, 200);
    assert.ok(!Object.keys(instance).includes("httpStatusCode"));
  });

  test("listGroupReplicationInfo", async () => {
    const { dcs, instanceId } = await make();
    const { group_list: groups } = await dcs.listGroupReplicationInfo({ instanceId });
    const roles = groups.flatMap((group) => group.replication_list.map((n) => n.replication_role));
    assert.deepEqual(roles.sort(), ["master", "slave"]);
  });

  test("listInstances: each filter is sent by the service's own name", async () => {
    const { dcs, credentials } = await make();
    await dcs.listInstances({
      name: "a b&c=ü",
      nameEqual: true,
      status: "RUNNING",
      ip: "192.168.0.1",
      tags: "k=v",
      capacity: "2",
      includeFailure: true,
      includeDelete: false,
      offset: 3,
      limit: 7,
    });
    const [request] = await emulator.requestsOf(credentials.ak);
    const sent = Object.fromEntries(new URLSearchParams(request.query));
    assert.deepEqual(sent, {
      name: "a b&c=ü",
      name_equal: "true",
      status: "RUNNING",
      ip: "192.168.0.1",
      tags: "k=v",
      capacity: "2",
      include_failure: "true",
      include_delete: "false",
      offset: "3",
      limit: "7",
    });
  });

  test("listInstances finds an instance by its id", async () => {
    const { dcs, instanceId } = await make();
    const { instances, instance_num: number } = await dcs.listInstances({ instanceId });
    assert.deepEqual([instances.map((each) => each.instance_id), number], [[instanceId], 1]);
  });

  test("iterateInstances gives every instance once, page by page", async () => {
    const { dcs, instanceId, credentials } = await make();
    const ids = [];
    for await (const { instance_id } of dcs.iterateInstances({ limit: 50 })) ids.push(instance_id);
    assert.ok(ids.includes(instanceId));
    assert.equal(new Set(ids).size, ids.length);
    const { instance_num: all } = await dcs.listInstances({ limit: 1 });
    assert.equal(ids.length, all);
    const pages = (await emulator.requestsOf(credentials.ak)).length - 1;
    assert.equal(pages, Math.ceil(all / 50));
  });

  test("iterateInstances asks for pages of 1,000 unless told otherwise, listInstances for none", async () => {
    /** @type {(string | null)[]} */
    const limits = [];
    const { instanceId: _, ...options } = await emulator.target();
    const spy = async (/** @type {Request} */ request) => {
      limits.push(new URL(request.url).searchParams.get("limit"));
      return fetch(request);
    };
    const dcs = new DcsClient({ ...options, fetch: spy });
    for await (const _ of dcs.iterateInstances()) break;
    for await (const _ of dcs.iterateInstances({ limit: 7 })) break;
    await dcs.listInstances();
    assert.deepEqual(limits, ["1000", "7", null]);
  });

  test("iterateInstances reads no further page than is asked for", async () => {
    const { dcs, credentials } = await make();
    await make();
    for await (const _ of dcs.iterateInstances({ limit: 1 })) break;
    assert.equal((await emulator.requestsOf(credentials.ak)).length, 1);
  });

  for (const [options, field] of /** @type {[any, string][]} */ ([
    [{ limit: 0 }, "limit"],
    [{ limit: 1001 }, "limit"],
    [{ offset: -1 }, "offset"],
    [{ nameEqual: "yes" }, "nameEqual"],
    [{ name_equal: true }, "name_equal"],
    [{ instanceId: "x" }, "instanceId"],
  ])) {
    test(`listInstances refuses ${JSON.stringify(options)}`, async () => {
      const { dcs } = await make();
      await refused(dcs.listInstances(options), "InvalidArgumentError", { field });
    });
  }

  test("showJobInfo takes ids of both forms, and no others", async () => {
    const { dcs } = await make();
    for (const jobId of ["4".repeat(32), "00000000-0000-4000-8000-000000000001"]) {
      await refused(dcs.showJobInfo({ jobId }), "ServiceResponseError");
    }
    for (const jobId of ["", "x", "../x", "4".repeat(31)]) {
      await refused(dcs.showJobInfo({ jobId }), "InvalidArgumentError", { field: "jobId" });
    }
  });

  for (const [operation, body] of /** @type {[any, any][]} */ ([
    ["showInstance", {}],
    ["showInstance", { instance_id: 7, status: "RUNNING" }],
    ["listInstances", { instances: {} }],
    ["listGroupReplicationInfo", { group_list: [{ group_id: "g" }] }],
    ["listGroupReplicationInfo", []],
  ])) {
    test(`${operation}: ${JSON.stringify(body)} is not what the API promises`, async () => {
      const { dcs, instanceId, credentials } = await make();
      await emulator.arm({ access_key: credentials.ak }, { kind: "body", body });
      const call = /** @type {any} */ (dcs)[operation]({ instanceId });
      const error = await refused(call, "ResponseFormatError", { httpStatusCode: 200 });
      assert.equal(error.bodyExcerpt, JSON.stringify(body));
      assert.equal(typeof error.requestId, "string");
    });
  }
});

describe("followJob", () => {
  test("gives the states of a job until its end", async () => {
    const { dcs, instanceId } = await make({ job_ms: 300 });
    const { job_id } = await dcs.changeMasterStandbyAsync({ instanceId });
    const states = [];
    for await (const job of dcs.followJob(job_id, { intervalMs: 50 })) states.push(job.status);
    assert.ok(states.length > 1);
    assert.equal(states.at(-1), "SUCCESS");
  });

  test("a job that failed is a SwitchoverError with its reason", async () => {
    const { dcs, instanceId } = await make();
    await emulator.arm({ instance_id: instanceId }, { kind: "job_fail", reason: "no standby" });
    const { job_id } = await dcs.changeMasterStandbyAsync({ instanceId });
    const follow = async () => {
      for await (const _ of dcs.followJob(job_id, { intervalMs: 50 }));
    };
    await refused(follow(), "SwitchoverError", { message: /no standby/ });
  });

  test("a job that hangs is a RequestTimeoutError when time is up", async () => {
    const { dcs, instanceId } = await make();
    await emulator.arm({ instance_id: instanceId }, { kind: "job_hang" });
    const { job_id } = await dcs.changeMasterStandbyAsync({ instanceId });
    const follow = async () => {
      const options = { intervalMs: 50, followTimeoutMs: 200 };
      for await (const _ of dcs.followJob(job_id, options));
    };
    await refused(follow(), "RequestTimeoutError", { timeoutMs: 200 });
  });

  test("leaving the loop stops the polling at once", async () => {
    const { dcs, instanceId, credentials } = await make({ job_ms: 60_000 });
    const { job_id } = await dcs.changeMasterStandbyAsync({ instanceId });
    for await (const _ of dcs.followJob(job_id, { intervalMs: 50 })) break;
    const before = (await emulator.requestsOf(credentials.ak)).length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal((await emulator.requestsOf(credentials.ak)).length, before);
  });

  test("a signal ends it with its reason", async () => {
    const { dcs, instanceId } = await make({ job_ms: 60_000 });
    const { job_id } = await dcs.changeMasterStandbyAsync({ instanceId });
    const controller = new AbortController();
    const follow = async () => {
      const options = { intervalMs: 50, signal: controller.signal };
      for await (const _ of dcs.followJob(job_id, options)) controller.abort("enough");
    };
    assert.equal(await failure(follow()), "enough");
  });

  test("a read that fails is tried again at the next turn", async () => {
    const { dcs, instanceId, credentials } = await make({ job_ms: 200 });
    const { job_id } = await dcs.changeMasterStandbyAsync({ instanceId });
    const match = { operation: "ShowJobInfo", access_key: credentials.ak };
    await emulator.arm(match, { kind: "status", status: 404 });
    await emulator.arm(match, { kind: "drop_before" });
    await emulator.arm(match, { kind: "html" });
    const states = [];
    for await (const job of dcs.followJob(job_id, { intervalMs: 50, retry: false })) {
      states.push(job.status);
    }
    assert.equal(states.at(-1), "SUCCESS");
  });
});

describe("the end of a client", () => {
  for (const end of /** @type {const} */ (["free", "dispose"])) {
    test(`after ${end} its calls are rejected, and nothing is sent`, async () => {
      const { dcs, instanceId, credentials } = await make();
      if (end === "free") dcs.free();
      else dcs[Symbol.dispose]();
      for (const call of [
        () => dcs.showInstance({ instanceId }),
        () => dcs.changeMasterStandbyAsync({ instanceId }),
        () => dcs.switchover({ instanceId }),
      ]) {
        await refused(call, "InvalidArgumentError", { message: /freed/ });
      }
      dcs.free();
      assert.equal((await emulator.requestsOf(credentials.ak)).length, 0);
    });
  }

  test("a call under way is not harmed", async () => {
    const { dcs, instanceId } = await make();
    await emulator.arm({ instance_id: instanceId }, { kind: "delay", ms: 200 });
    const call = dcs.showInstance({ instanceId });
    dcs.free();
    assert.equal((await call).instance_id, instanceId);
  });
});

test("a client that is throttled holds all its calls", async () => {
  const { dcs, instanceId } = await make();
  await emulator.arm({ instance_id: instanceId }, { kind: "gateway_refused", retry_after: 1 });
  await Promise.all([
    dcs.showInstance({ instanceId }),
    new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
      dcs.listGroupReplicationInfo({ instanceId }),
    ),
  ]);
  const [refusedOne, ...later] = await emulator.requestsFor(instanceId);
  assert.equal(refusedOne.status, 429);
  for (const request of later) assert.ok(request.time - refusedOne.time >= 950);
});
