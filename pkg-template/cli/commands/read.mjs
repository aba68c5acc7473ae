// @ts-check
// What only reads: roles, instances, regions, jobs and tasks.

import { RequestTimeoutError, regions as allRegions } from "huaweicloud-dcs";
import { client, following } from "../client.mjs";
import { DONE, Interrupted, REFUSED, UNKNOWN, codeOf } from "../exit.mjs";
import { findOne, label, list, modeOf } from "../find.mjs";
import { forEach } from "../plan.mjs";
import { NODE, masterOf } from "../report.mjs";
import { harmless } from "../style.mjs";

/** @typedef {import("../main.mjs").Order} Order */
/** @typedef {import("../find.mjs").Target} Target */
/** @typedef {import("huaweicloud-dcs").NodeRole} NodeRole */
/** @typedef {import("huaweicloud-dcs").JobInfo} JobInfo */

/** Reads made at once, where a list needs one each. */
const AT_ONCE = 8;

/**
 * The nodes of an instance, as a report tells them.
 * @param {Order} order @param {import("huaweicloud-dcs").DcsClient} dcs @param {string} instanceId
 * @returns {Promise<NodeRole[]>}
 */
async function nodesOf({ signal }, dcs, instanceId) {
  const { group_list: groups } = await dcs.listGroupReplicationInfo({ instanceId, signal });
  return groups.flatMap(({ replication_list: nodes }) =>
    nodes.map((node) => ({
      nodeId: node.node_id,
      role: node.replication_role,
      status: node.status,
      ...(node.replication_ip !== undefined && { ip: node.replication_ip }),
      ...(node.az_code !== undefined && { azCode: node.az_code }),
    })),
  );
}

/** @param {Order} order */
export async function roles(order) {
  const { args, output } = order;
  const dcs = client(order);
  const targets = [];
  for (const word of args) targets.push(await findOne(order, dcs, word));
  const found = await forEach(targets, AT_ONCE, async (target) => ({
    ...target,
    nodes: await nodesOf(order, dcs, target.instanceId),
  }));
  const rows = found.flatMap(({ nodes, ...target }) =>
    nodes.map((node) => ({ ...target, ...node })),
  );
  const columns =
    found.length === 1
      ? NODE
      : [
          { head: "INSTANCE", get: (/** @type {Target} */ row) => row.instanceId },
          { head: "NAME", get: (/** @type {Target} */ row) => row.name },
          ...NODE,
        ];
  output.list(
    rows,
    /** @type {import("../table.mjs").Column<Target & NodeRole>[]} */ (columns),
    "no nodes",
  );
  return DONE;
}

/** @param {Order} order */
export async function instances(order) {
  const { options, output } = order;
  const { name, status } = options;
  const dcs = client(order);
  const found = await list(order, dcs, { name, status });
  /** @type {{ instance: import("huaweicloud-dcs").InstanceInfo, nodes?: NodeRole[] }[]} */
  let rows = found.map((instance) => ({ instance }));
  if (options.roles)
    rows = await forEach(found, AT_ONCE, async (instance) => {
      // A cluster or a single node has no roles of this kind.
      if (!["ha", "ha_rw_split"].includes(modeOf(instance))) return { instance };
      return { instance, nodes: await nodesOf(order, dcs, instance.instance_id) };
    });
  /** @type {import("../table.mjs").Column<typeof rows[number]>[]} */
  const columns = [
    { head: "ID", get: ({ instance }) => instance.instance_id },
    { head: "NAME", get: ({ instance }) => instance.name },
    { head: "STATUS", get: ({ instance }) => instance.status },
    { head: "MODE", get: ({ instance }) => modeOf(instance) },
    {
      head: "ENGINE",
      get: ({ instance }) => [instance.engine, instance.engine_version].filter(Boolean).join(" "),
    },
    {
      head: "CAPACITY",
      get: ({ instance: { capacity } }) => (capacity === undefined ? "" : `${capacity} GB`),
    },
    { head: "ZONES", get: ({ instance }) => instance.az_codes },
  ];
  if (options.roles) {
    const zoned = (/** @type {NodeRole | undefined} */ node) =>
      [node?.ip ?? node?.nodeId, node?.azCode].filter(Boolean).join(" ");
    columns.push(
      { head: "MASTER", get: ({ nodes }) => zoned(masterOf(nodes)) },
      {
        head: "STANDBY",
        get: ({ nodes = [] }) =>
          nodes
            .filter(({ role }) => role === "slave")
            .map(zoned)
            .join(", "),
      },
    );
  }
  if (output.forPeople || output.format === "csv") output.list(rows, columns, empty(options));
  else
    output.list(
      rows.map(({ instance, nodes }) => ({ ...instance, ...(nodes && { nodes }) })),
      [],
      "",
    );
  return DONE;
}

/** @param {Order["options"]} options */
function empty({ name, status }) {
  const filter = [name && `a name like "${name}"`, status && `status ${status}`].filter(Boolean);
  return filter.length > 0
    ? `no instance has ${filter.join(" and ")}`
    : "the project has no instances in this region";
}

/** @param {Order} order */
export async function regions({ output }) {
  output.list(
    allRegions(),
    [
      { head: "ID", get: ({ id }) => id },
      { head: "ENDPOINT", get: ({ dcsEndpoint }) => dcsEndpoint },
    ],
    "no regions",
  );
  return DONE;
}

/** @type {import("../table.mjs").Column<JobInfo | undefined>[]} */
const JOB = [
  { head: "JOB_ID", get: (job) => job?.job_id },
  { head: "TYPE", get: (job) => job?.job_type },
  { head: "STATUS", get: (job) => job?.status },
  { head: "REASON", get: (job) => job?.fail_reason },
];

/** @param {Order} order */
export async function job(order) {
  const { args, options, output, signal } = order;
  const [jobId = ""] = args;
  const dcs = client(order);
  if (!options.follow) {
    const state = await dcs.showJobInfo({ jobId, signal });
    output.result(state, [described(state)], JOB);
    return state.status === "FAIL" ? REFUSED : DONE;
  }
  /** @type {JobInfo | undefined} */
  let last;
  try {
    for await (const state of dcs.followJob(jobId, { signal, ...following(order) })) {
      if (state.status !== last?.status) output.progress.line(`job ${state.status}`);
      last = state;
    }
  } catch (error) {
    const isOpen = last !== undefined && last.status !== "FAIL";
    if (!isOpen && !(error instanceof RequestTimeoutError || error instanceof Interrupted)) {
      output.error(error);
      return codeOf(error);
    }
    // How the job ends is not known, whatever it is that keeps it from being read.
    output.error(error, [last ? `it was ${last.status} when it was read last` : "it was not read"]);
    return UNKNOWN;
  }
  output.result(last, [last ? described(last) : "no state of the job was read"], JOB);
  return last?.status === "SUCCESS" ? DONE : UNKNOWN;
}

/** @param {JobInfo} job */
const described = ({ job_id: id, status, fail_reason: why }) =>
  harmless(`job ${id}: ${status}${why ? ` (${why})` : ""}`);

/** @param {Order} order */
export async function tasks(order) {
  const { args, options, output, signal } = order;
  const dcs = client(order);
  const target = await findOne(order, dcs, args[0] ?? "");
  const { limit = 10, startTime, endTime } = options;
  const answer = await dcs.listBackgroundTask({
    instanceId: target.instanceId,
    limit,
    ...(startTime !== undefined && { startTime }),
    ...(endTime !== undefined && { endTime }),
    signal,
  });
  output.list(
    answer.tasks,
    [
      { head: "ID", get: ({ id }) => id },
      { head: "NAME", get: ({ name }) => name },
      { head: "STATUS", get: ({ status }) => status },
      { head: "USER", get: ({ user_name: user }) => user },
      { head: "BEGUN", get: ({ created_at: time }) => time },
      { head: "UPDATED", get: ({ updated_at: time }) => time },
      { head: "JOB", get: ({ job_id: id }) => id },
      { head: "ERROR", get: ({ error_code: code }) => code },
    ],
    `${label(target)} has no background tasks in this time`,
  );
  return DONE;
}
