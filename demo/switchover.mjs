// @ts-check
// The whole story of one switchover, told by the package itself: roles, request, job, roles again.
// Start it with `cargo xtask demo`.
import { DcsClient, DcsError } from "huaweicloud-dcs";
import { redis } from "./redis.mjs";
import { readTarget } from "./target.mjs";
import { bold, confirm, cyan, dim, green, progress, red, say, yellow } from "./terminal.mjs";

/** How long roles may take to follow a finished job. */
const VERIFY_MS = 60_000;

/** @typedef {import("huaweicloud-dcs").ReplicationInfo} Node */

/** @param {string} title */
const heading = (title) => say(`\n${bold(title)}`);

/** @param {string} word @param {number} shown */
const masked = (word, shown) => `${word.slice(0, shown)}${"*".repeat(8)}`;

/**
 * Shows what is sent, the access key and the signature masked, and sends it. The secret key is in none of it.
 * @param {Request} request
 */
async function shownFetch(request) {
  if (request.method === "PUT") {
    heading("The signed request");
    say(`   ${cyan(request.method)} ${request.url}`);
    for (const [name, value] of request.headers) {
      const safe = value
        .replace(/Access=([^,]+)/, (_, ak) => `Access=${masked(ak, 4)}`)
        .replace(/Signature=(\S+)/, (_, signature) => `Signature=${masked(signature, 8)}`);
      say(`   ${dim(`${name}:`)} ${name === "x-security-token" ? masked(value, 4) : safe}`);
    }
    say(`   ${dim("The secret key stays in the memory of the WebAssembly module.")}`);
  }
  return fetch(request);
}

/** @param {Node[]} nodes */
function showNodes(nodes) {
  for (const { replication_role: role, replication_ip: ip, az_code: zone, node_id: id } of nodes) {
    const name = (role === "master" ? green : yellow)(role.padEnd(6));
    say(`   ${name}  ${(ip ?? "").padEnd(15)}  ${zone ?? ""}  ${dim(`node ${id}`)}`);
  }
}

/** @param {DcsClient} dcs @param {string} instanceId */
async function readNodes(dcs, instanceId) {
  const { group_list: groups } = await dcs.listGroupReplicationInfo({ instanceId });
  return groups.flatMap((group) => group.replication_list);
}

/** @param {Node[]} nodes */
const master = (nodes) => nodes.find((node) => node.replication_role === "master")?.node_id;

/** @param {DcsClient} dcs @param {string} jobId @param {AbortSignal} signal */
async function followJob(dcs, jobId, signal) {
  heading("The job");
  const start = performance.now();
  let status = "";
  const stop = progress((seconds) => `${status || "waiting"} ${seconds.toFixed(1)} s`);
  try {
    for await (const job of dcs.followJob(jobId, { intervalMs: 200, signal })) {
      if (job.status === status) continue;
      status = job.status;
      const elapsed = ((performance.now() - start) / 1000).toFixed(2);
      say(`   ${status.padEnd(8)} ${dim(`after ${elapsed} s`)}`);
    }
  } finally {
    stop();
  }
}

/**
 * Reads the roles until another node is master, or time is up.
 * @param {DcsClient} dcs @param {string} instanceId @param {Node[]} before
 */
async function waitForRoles(dcs, instanceId, before) {
  const deadline = performance.now() + VERIFY_MS;
  const stop = progress((seconds) => `reading the roles ${seconds.toFixed(1)} s`);
  try {
    for (;;) {
      const after = await readNodes(dcs, instanceId);
      if (master(after) !== master(before) || performance.now() > deadline) return after;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    stop();
  }
}

/**
 * Writes a key on the master of the real Redis pair, and waits until the standby has it.
 * @param {string} address @param {string} key @param {string} value
 */
async function writeKey(address, key, value) {
  await redis(address, "SET", key, value);
  await redis(address, "WAIT", "1", "2000");
  say(`   SET ${key} ${value} ${dim(`on the master, ${address}`)}`);
}

/** @param {import("./target.mjs").Target} target @param {string} name */
async function mayGoOn({ yes }, name) {
  if (yes) return true;
  say("\nThe service is interrupted for up to 10 seconds, and the newest writes may be lost.");
  if (await confirm(`Swap the nodes of ${name} now?`)) return true;
  say("Nothing was sent.");
  return false;
}

/**
 * Tells the story; true when another node was seen to be master.
 * @param {DcsClient} dcs @param {import("./target.mjs").Target} target @param {AbortSignal} signal
 */
async function tell(dcs, target, signal) {
  const { instanceId, redisAddress } = target;
  say(`${bold("A switchover by huaweicloud-dcs")}, on ${target.where}`);
  const instance = await dcs.showInstance({ instanceId, signal });
  say(`Instance ${instance.name ?? ""} ${dim(instanceId)}, ${instance.status}`);
  heading("Roles before");
  const before = await readNodes(dcs, instanceId);
  showNodes(before);
  const key = "written-before-the-switchover";
  const value = new Date().toISOString();
  if (redisAddress) await writeKey(await redisAddress("master"), key, value);
  if (!(await mayGoOn(target, instance.name ?? instanceId))) return false;

  const start = performance.now();
  const { job_id: jobId } = await dcs.changeMasterStandbyAsync({ instanceId, signal });
  say(`\nAccepted: job ${bold(jobId)}`);
  await followJob(dcs, jobId, signal);

  heading("Roles after");
  const after = await waitForRoles(dcs, instanceId, before);
  showNodes(after);
  const elapsed = ((performance.now() - start) / 1000).toFixed(2);
  let proved = master(after) !== undefined && master(after) !== master(before);
  if (redisAddress) {
    const address = await redisAddress("master");
    const read = await redis(address, "GET", key);
    say(`   GET ${key} ${read ?? "(nil)"} ${dim(`on the new master, ${address}`)}`);
    proved &&= read === value;
  }
  say(
    proved
      ? `\n${green("Swapped")}, seen in the roles, in ${elapsed} s.`
      : `\n${red("Not shown.")}`,
  );
  return proved;
}

async function main() {
  const target = await readTarget();
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort(new Error("interrupted")));
  const dcs = new DcsClient({ ...target.options, fetch: shownFetch });
  try {
    return await tell(dcs, target, interrupted.signal);
  } finally {
    dcs.free();
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  const known = error instanceof DcsError;
  const outcome = known && error.outcome ? ` (the swap: ${error.outcome})` : "";
  say(
    red(
      `${known ? error.name : "Error"}: ${error instanceof Error ? error.message : error}${outcome}`,
    ),
  );
  process.exitCode = 1;
}
