// @ts-check
// The least of a DCS: one instance, whose nodes change roles each time a swap reaches it, however it is answered. What is
// asserted is counted here, where requests arrive, and not where they are sent.

export const INSTANCE = "00000000-0000-4000-8000-000000000001";
export const PROJECT = "0123456789abcdef0123456789abcdef";

/** @typedef {{ status: number, body: string | Buffer, type?: string }} Answer */

/** Gives an answer a second time only if it was asked for a second time. */
export class Service {
  /** Swaps that reached it. @type {{ at: number, job: string, key: string | undefined }[]} */
  swaps = [];
  /** What `GET /count` and the tests ask for. */
  requests = 0;

  /** Whether it is one of the requests whose connection is to be ended. @param {string} method */
  isSwap(method) {
    return method === "PUT";
  }

  /**
   * @param {string} method @param {string} path
   * @param {Record<string, string | string[] | undefined>} headers
   * @returns {Answer}
   */
  answer(method, path, headers) {
    this.requests += 1;
    if (this.isSwap(method)) return this.#swap(headers);
    const { pathname } = new URL(path, "http://service");
    const base = `/v2/${PROJECT}/instance`;
    if (pathname === `${base}s/${INSTANCE}`) return json(200, this.#instance());
    if (pathname === `${base}/${INSTANCE}/groups`) return json(200, this.#groups());
    if (pathname === `${base}s/${INSTANCE}/tasks`) return json(200, this.#tasks());
    const job = /\/jobs\/(\w+)$/.exec(pathname)?.[1];
    if (job && this.swaps.some((swap) => swap.job === job)) return json(200, jobOf(job));
    if (pathname === "/warm") return json(200, {});
    return json(404, { error_code: "APIGW.0101", error_msg: "The API does not exist" });
  }

  /** @param {Record<string, string | string[] | undefined>} headers */
  #swap(headers) {
    const job = (this.swaps.length + 1).toString(16).padStart(32, "0");
    this.swaps.push({ at: Date.now(), job, key: headers["idempotency-key"]?.toString() });
    return json(200, { job_id: job });
  }

  #instance() {
    return {
      instance_id: INSTANCE,
      name: "transport",
      status: "RUNNING",
      cache_mode: "ha",
      engine: "Redis",
      engine_version: "5.0",
      task: null,
      replica_count: 2,
    };
  }

  #groups() {
    const first = this.swaps.length % 2 === 0;
    const node = (/** @type {string} */ id, /** @type {boolean} */ master) => ({
      replication_id: `replication-${id}`,
      node_id: `node-${id}`,
      replication_role: master ? "master" : "slave",
      replication_ip: `10.0.0.${id}`,
      status: "Active",
      az_code: `cn-north-4${id === "1" ? "a" : "b"}`,
      is_replication: true,
    });
    const replication_list = [node("1", first), node("2", !first)];
    const group = { group_id: "group", group_name: "group", replication_list };
    return { group_count: 1, group_list: [group] };
  }

  #tasks() {
    const tasks = this.swaps.map(({ at, job }) => ({
      id: job,
      name: "masterStandbySwapJob",
      status: "SUCCESS",
      user_name: "transport",
      user_id: PROJECT,
      params: "",
      created_at: new Date(at).toISOString(),
      updated_at: new Date(at).toISOString(),
      error_code: null,
      job_id: job,
    }));
    return { count: tasks.length, tasks };
  }
}

/** @param {string} job */
const jobOf = (job) => ({
  job_id: job,
  job_type: "masterStandbySwapJob",
  status: "SUCCESS",
  begin_time: String(Date.now()),
  end_time: String(Date.now()),
  fail_reason: null,
});

/** @param {number} status @param {unknown} body @returns {Answer} */
const json = (status, body) => ({ status, body: JSON.stringify(body), type: "application/json" });
