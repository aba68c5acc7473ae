// @ts-check
// The one builder of the service's responses, for tests that stand in for it: a `fetch` of their own, a proxy, a server.
// Each is what the emulator answers, in as few fields as a client may count on.

export const PROJECT_ID = "0123456789abcdef0123456789abcdef";
export const INSTANCE_ID = "00000000-0000-4000-8000-000000000001";
export const JOB_ID = "4".repeat(32);
export const NODE_IDS = ["a".repeat(32), "b".repeat(32), "c".repeat(32)];

/**
 * @typedef {object} NodeParts
 * @property {string} [id] `undefined` leaves it out.
 * @property {"master" | "slave"} role
 * @property {string} [zone]
 * @property {string} [ip]
 * @property {"Active" | "Inactive"} [status]
 */

/** An instance, as ShowInstance tells it. @param {Record<string, unknown>} [fields] */
export const instance = (fields = {}) => ({
  instance_id: INSTANCE_ID,
  name: "dcs-test",
  status: "RUNNING",
  task: null,
  engine: "Redis",
  engine_version: "6.0",
  cache_mode: "ha",
  spec_code: "redis.ha.xu1.large.r2.4",
  maintain_begin: "02:00:00",
  maintain_end: "06:00:00",
  ...fields,
});

/** An item of ListInstances, which has no cache mode. @param {Record<string, unknown>} [fields] */
export function listedInstance(fields = {}) {
  const { cache_mode: _, task: __, ...listed } = instance(fields);
  return listed;
}

/** @param {Record<string, unknown>[]} [items] @param {number} [total] */
export const instances = (items = [listedInstance()], total = items.length) => ({
  instance_num: total,
  instances: items,
});

/** @param {NodeParts} node @param {number} at */
function replica({ role, zone, ip, status, ...node }, at) {
  const id = "id" in node ? node.id : NODE_IDS[at];
  return {
    ...(id !== undefined && { node_id: id }),
    replication_id: `replica-${at}`,
    replication_role: role,
    replication_ip: ip ?? `192.168.0.${at + 10}`,
    is_replication: role === "slave",
    status: status ?? "Active",
    az_code: zone ?? `cn-north-4${"abc"[at % 3]}`,
    dimensions: [
      { name: "dcs_instance_id", value: INSTANCE_ID },
      { name: "dcs_cluster_redis_node", value: `monitored-${at}` },
    ],
  };
}

/**
 * One group of nodes, as ListGroupReplicationInfo tells it: a word a node, or its parts.
 * @param {...("master" | "slave" | NodeParts)} nodes
 */
export const groups = (...nodes) => ({
  group_count: 1,
  group_list: [
    {
      group_id: "group-0",
      group_name: "group-0",
      replication_list: nodes.map((node, at) =>
        replica(typeof node === "string" ? { role: node } : node, at),
      ),
    },
  ],
});

/** The answer to an accepted swap. @param {string} [id] */
export const accepted = (id = JOB_ID) => ({ job_id: id });

/** @param {unknown} [status] @param {Record<string, unknown>} [fields] */
export const job = (status = "SUCCESS", fields = {}) => ({
  job_id: JOB_ID,
  job_type: "masterStandbySwapJob",
  status,
  begin_time: "1767323040000",
  ...(status === "SUCCESS" || status === "FAIL" ? { end_time: "1767323041000" } : {}),
  ...(status === "FAIL" ? { fail_reason: "failover failed" } : {}),
  ...fields,
});

/** A background task. @param {Record<string, unknown>} [fields] */
export const task = (fields = {}) => ({
  id: "7".repeat(32),
  name: "masterStandbySwapJob",
  status: "SUCCESS",
  user_name: "emulator",
  user_id: "8".repeat(32),
  params: "{}",
  created_at: "2026-01-02T03:04:00.000Z",
  updated_at: "2026-01-02T03:04:01.000Z",
  error_code: null,
  job_id: JOB_ID,
  ...fields,
});

/** The count is a string, as it is in the service's own models. @param {Record<string, unknown>[]} [items] */
export const tasks = (items = []) => ({ task_count: String(items.length), tasks: items });

/** What IAM lists. @param {{ id: string, name: string }[]} [list] */
export const projects = (list = [{ id: PROJECT_ID, name: "cn-north-4" }]) => ({ projects: list });

/** Cloud Eye's figures. @param {number[]} values @param {number} [at] the time of the first, in milliseconds since 1970 */
export const gaps = (values, at = 1767323040000) => ({
  metric_name: "ms_repl_offset",
  datapoints: values.map((max, n) => ({ max, timestamp: at + n * 60_000, unit: "B" })),
});

/** An error of the DCS service. @param {string} code @param {string} message */
export const error = (code, message) => ({
  error_code: code,
  error_msg: message,
  error_ext_msg: null,
});

/** An error of the gateway. @param {string} code @param {string} message */
export const gatewayError = (code, message) => ({
  error_msg: message,
  error_code: code,
  request_id: "9".repeat(32),
});

/** An error of IAM. @param {number} status @param {string} message */
export const iamError = (status, message) => ({
  error: { code: status, message, title: "Error" },
});

/**
 * Any of these as a response.
 * @param {unknown} body
 * @param {number} [status]
 * @param {Record<string, string>} [headers]
 */
export const respond = (body, status = 200, headers = {}) =>
  new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", "X-Request-Id": "9".repeat(32), ...headers },
  });

/**
 * The operation that a request asks for.
 * @param {{ method: string, url: string }} request
 */
export function operationOf({ method, url }) {
  const { pathname } = new URL(url);
  /** @type {[string, RegExp, string][]} */
  const table = [
    ["PUT", /^\/v2\/[^/]+\/instances\/[^/]+\/async-swap$/, "ChangeMasterStandbyAsync"],
    ["POST", /^\/v2\/[^/]+\/instances\/[^/]+\/swap$/, "ChangeMasterStandby"],
    ["GET", /^\/v2\/[^/]+\/jobs\/[^/]+$/, "ShowJobInfo"],
    ["GET", /^\/v2\/[^/]+\/instances\/[^/]+\/tasks$/, "ListBackgroundTask"],
    ["GET", /^\/v2\/[^/]+\/instances\/[^/]+$/, "ShowInstance"],
    ["GET", /^\/v2\/[^/]+\/instances$/, "ListInstances"],
    ["GET", /^\/v2\/[^/]+\/instance\/[^/]+\/groups$/, "ListGroupReplicationInfo"],
    ["GET", /^\/V1\.0\/[^/]+\/metric-data$/, "ShowMetricData"],
    ["GET", /^\/v3\/projects$/, "KeystoneListProjects"],
  ];
  return table.find(([verb, path]) => verb === method && path.test(pathname))?.[2];
}

/** What a service answers to which all is well. */
const GOOD = /** @type {Record<string, unknown>} */ ({
  ChangeMasterStandbyAsync: accepted(),
  ChangeMasterStandby: null,
  ShowJobInfo: job(),
  ListBackgroundTask: tasks(),
  ShowInstance: instance(),
  ListInstances: instances(),
  ListGroupReplicationInfo: groups("master", "slave"),
  ShowMetricData: gaps([0]),
  KeystoneListProjects: projects(),
});

/**
 * A `fetch` that answers as given, operation by operation, and well where nothing is given. A list is answered one by
 * one, its last entry for ever; a function is asked with the request.
 * @param {Record<string, unknown>} [answers]
 */
export function service(answers = {}) {
  /** @type {Record<string, number>} */
  const asked = {};
  /** @param {Request | string | URL} input @param {RequestInit} [init] */
  return async (input, init) => {
    const request = new Request(input, init);
    const operation = operationOf(request);
    if (!operation) return respond(error("DCS.4001", "Request error."), 404);
    const turn = (asked[operation] = (asked[operation] ?? 0) + 1);
    let answer = operation in answers ? answers[operation] : GOOD[operation];
    if (Array.isArray(answer)) answer = answer[Math.min(turn, answer.length) - 1];
    if (typeof answer === "function") answer = await answer(request, turn);
    if (answer instanceof Response) return answer.clone();
    return respond(answer, operation === "ChangeMasterStandby" ? 204 : 200);
  };
}
