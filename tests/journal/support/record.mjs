// @ts-check
// Records as the client makes them, and folders that go when a test is over.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {import("huaweicloud-dcs/journal").SwitchoverRecord} SwitchoverRecord */

export const INSTANCE = "00000000-0000-4000-8000-000000000001";
export const KEY = `0123456789abcdef0123456789abcdef/cn-north-4/${INSTANCE}`;

/**
 * @param {string} id
 * @param {Partial<SwitchoverRecord>} [more]
 * @returns {SwitchoverRecord}
 */
export const record = (id, more) => ({
  version: 1,
  id,
  instanceId: INSTANCE,
  startedAt: "20261125T220000Z",
  state: "sending",
  before: [
    { nodeId: "node-a", role: "master", status: "Active", azCode: "cn-north-4a" },
    { nodeId: "node-b", role: "slave", status: "Active", azCode: "cn-north-4b" },
  ],
  tasks: ["0123456789abcdef0123456789abcdef"],
  ...more,
});

/** @param {string} id */
export const accepted = (id) => record(id, { state: "accepted", jobId: `job-of-${id}` });

/**
 * A folder of its own for a test.
 * @param {import("node:test").TestContext} t
 */
export async function folderOf(t) {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * What a promise rejects with.
 * @param {Promise<unknown>} promise
 * @returns {Promise<Error & { record?: SwitchoverRecord }>}
 */
export async function rejection(promise) {
  return promise.then(
    (value) => {
      throw new Error(`it resolved, with ${JSON.stringify(value)}`);
    },
    (error) => error,
  );
}
