/**
 * A local DCS for tests: `fetch` without a network. It checks signatures, swaps nodes, runs jobs, and makes go wrong what is
 * known to go wrong. Not for production: its keys are public and open nothing but itself.
 *
 * @example
 * import { DcsClient } from "huaweicloud-dcs";
 * import { createEmulator } from "huaweicloud-dcs/emulator";
 *
 * const cloud = await createEmulator({ instances: 3 });
 * const dcs = new DcsClient({ fetch: cloud.fetch, ...cloud.config });
 *
 * await cloud.admin.arm({ operation: "ChangeMasterStandbyAsync" }, { kind: "drop_after" });
 * const report = await dcs.switchover({ instanceId: cloud.instanceIds[0] });
 * // The answer was lost; the roles tell: report.result === "swapped", and one swap has run.
 * const { swaps_run } = await cloud.admin.counters(cloud.instanceIds[0]);
 *
 * @packageDocumentation
 */

import type { InitInput } from "./signer.js";

/** How the cloud is at the start. */
export interface CloudOptions {
  /** How many master/standby instances there are, 10,000 at most; 1 unless given. */
  instances?: number;
  /** Whether one instance of every other kind and state is added: single-node, cluster, frozen, and so on. */
  variety?: boolean;
  /** How long a swap takes, in milliseconds, a day at most; 300 unless given. */
  jobMs?: number;
  /** The region; `cn-north-4` unless given. */
  region?: string;
  /** The form of the service's error codes: `DCS.4049` or `111400017`; `dcs` unless given. */
  codes?: "dcs" | "nine-digit";
  /** The time in milliseconds since 1970; `Date.now` of the moment unless given. */
  now?: () => number;
  /** Fills bytes at random; `crypto.getRandomValues` unless given. */
  random?: (bytes: Uint8Array) => void;
  /**
   * Calls back after so many milliseconds; the global function of the moment unless given. Under fake timers, jobs end when
   * those are moved on.
   */
  setTimeout?: (callback: () => void, ms: number) => void;
  /** The WebAssembly module, where the file `huaweicloud-dcs/emulator.wasm` is not beside the JavaScript. The first call counts. */
  wasm?: InitInput;
}

/** Options of a client that calls this cloud. They are spread into `new DcsClient({ ... })`. */
export interface CloudConfig {
  endpoint: string;
  iamEndpoint: string;
  region: string;
  projectId: string;
  /** A permanent key that only the emulator knows. */
  credentials: { ak: string; sk: string };
}

/** A cloud of its own: two of them know nothing of each other. */
export interface Cloud {
  /**
   * Answers like the service. A connection that fails, and whatever is not for this cloud, rejects with a `TypeError`, as
   * the platform's `fetch` does; an aborted signal with its reason.
   */
  fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  /** Arms faults, changes instances, tells what is true. */
  admin: Admin;
  config: CloudConfig;
  /** The ids of the instances that it started with. */
  instanceIds: string[];
}

/**
 * Starts a cloud in this process or page.
 *
 * @throws A `TypeError` that names an option which cannot be used, or an `Error` that says why the module cannot be loaded.
 * @example
 * const cloud = await createEmulator({ instances: 3, jobMs: 20 });
 */
export declare function createEmulator(options?: CloudOptions): Promise<Cloud>;

/** What is not the service's: changing the cloud, and asking what is true. Each call rejects with an `Error` that names what is wrong. */
export interface Admin {
  /** Ids and keys, also those of the identity services. */
  config(): Promise<Config>;
  /** What is true, with the last entries of the log and the last jobs of each instance (0 and 10 unless given). */
  state(requests?: number, jobs?: number): Promise<State>;
  /** Everything as at the start. */
  reset(): Promise<unknown>;
  /** Arms a fault for requests that match: for one (`times`), after so many that are let through (`skip`). */
  arm(match: Match, fault: Fault, more?: { times?: number; skip?: number }): Promise<unknown>;
  /** Clears all faults. */
  disarm(): Promise<unknown>;
  /** Sets the cloud's clock wrong by so many milliseconds, until faults are cleared. */
  setClock(offsetMs: number): Promise<unknown>;
  /** Adds an instance; its id. */
  newInstance(wanted?: NewInstance): Promise<string>;
  /** Changes an instance; all of its settings. */
  change(id: string, settings: Partial<Settings>): Promise<Settings>;
  addNode(id: string, node?: { az_code?: string }): Promise<unknown>;
  addTask(id: string, task: NewTask): Promise<unknown>;
  /** Lets somebody else swap, after `after_ms`, within `job_ms`. */
  somebodySwaps(id: string, how?: { after_ms?: number; job_ms?: number }): Promise<unknown>;
  /** Registers an access key; `expiresInMs` in milliseconds, negative: over already. */
  register(
    key: Key & { readOnly?: boolean; denied?: string[]; expiresInMs?: number },
  ): Promise<Key>;
  /** Registers a token for `X-Auth-Token`. */
  newToken(): Promise<string>;
  /** Unlocks every access key that failed five times. */
  unlock(): Promise<unknown>;
  /** Answers these operations with 403, and allows all others. */
  deny(operations: string[]): Promise<unknown>;
  /** What IAM lists. */
  setProjects(projects: { id: string; name: string }[] | null): Promise<unknown>;
  /** The truth about an instance, once its jobs are over. */
  truth(id: string): Promise<Truth>;
  /** What became of the swaps of an instance, once its jobs are over. */
  counters(id: string): Promise<Counters>;
  /** The node id of the master, once the jobs are over. */
  master(id: string): Promise<string>;
  /** How many swaps of any instance have run, once their jobs are over. */
  swapsRun(): Promise<number>;
  /** How often an operation arrived. */
  asked(operation: string): Promise<number>;
  /** What arrived about an instance, oldest first. */
  requestsFor(id: string): Promise<Seen[]>;
  /** What arrived with an access key, oldest first. */
  requestsOf(accessKey: string): Promise<Seen[]>;
}

/** An access key; with a security token a temporary one. */
export interface Key {
  ak: string;
  sk: string;
  securityToken?: string;
}

/** Which requests a fault is for: all of these that are given. */
export interface Match {
  /** As the API reference names it: `ChangeMasterStandbyAsync`, `ShowJobInfo`. */
  operation?: string;
  instance_id?: string;
  access_key?: string;
}

/** Before the operation runs, or between it and its answer. */
export type When = "before" | "after";
/** Whose errors look so. */
export type Shape = "service" | "gateway" | "iam";
/** Of a request that arrives twice. */
export type Copy = "first" | "second";

/** How an error is worded. */
export interface Refusal {
  error_code?: string;
  error_msg?: string;
  shape?: Shape;
}

/** A fault that needs nothing but its name. */
export type SimpleFault =
  | "drop_before"
  | "drop_after"
  | "cut_body"
  | "malformed_body"
  | "duplicate_keys"
  | "no_content"
  | "job_hang"
  | "roles_stuck"
  | "new_node_ids";

/** What goes wrong with one request. Times are in milliseconds (`ms`), bodies in bytes. */
export type SingleFault =
  | { kind: SimpleFault }
  | { kind: "delay"; ms: number; when?: When }
  | { kind: "hang"; when?: When }
  | ({
      kind: "status";
      status: number;
      retry_after?: number | string;
      encoded_authorization_message?: string;
      when?: When;
    } & Refusal)
  | { kind: "gateway_refused"; retry_after?: number | string }
  | {
      kind: "body";
      status?: number;
      headers?: Record<string, unknown>;
      body?: unknown;
      when?: When;
    }
  | { kind: "wrong_type"; content_type?: string; body?: unknown }
  | { kind: "endless_body" | "html"; status?: number }
  | { kind: "huge_body"; bytes: number; status?: number }
  | { kind: "slow_bytes"; ms_per_byte: number }
  | { kind: "header_flood"; count: number }
  | { kind: "informational_1xx"; status?: number; count?: number }
  | { kind: "redirect"; location: string; status?: number }
  | { kind: "no_cors"; preflight?: boolean }
  | { kind: "date"; offset_ms: number }
  | { kind: "job_fail"; reason?: string }
  | { kind: "job_status"; status: unknown; end_time?: boolean }
  | { kind: "roles_late" | "roles_lag" | "swap_back"; ms: number }
  | { kind: "swap_twice"; answer?: Copy }
  | { kind: "doubled"; answer?: Copy; gap_ms?: number }
  | ({ kind: "second_copy"; status?: number; no_message?: boolean } & Refusal)
  | { kind: "somebody_swaps"; when?: When; job_ms?: number }
  | { kind: "node_appears"; ms?: number; az_code?: string }
  | { kind: "about_another"; instance_id?: string; job_status?: string }
  | { kind: "without_node_ids"; value?: "absent" | "null" | "empty" };

/** What goes wrong; docs/emulator.md has a table of what each means. */
export type Fault =
  SingleFault | { kind: "clock"; offset_ms: number } | { kind: "together"; faults: SingleFault[] };

/** What can be changed of an instance. */
export interface Settings {
  /** A swap is refused with DCS.4049 unless it is `RUNNING`. */
  status: string;
  /** The task that is running, such as `BACKUPING`; a swap is rejected with its busy code. */
  task: string | null;
  /** What `task` shows while a swap is running. */
  swap_task: string | null;
  /** The busy code to refuse with, whatever the task is. */
  busy_code: string | null;
  /** The maintenance window in UTC, as `02:00:00`. */
  maintain_begin: string | null;
  maintain_end: string | null;
  /** How long a swap takes, in milliseconds; as the emulator was started, where `null`. */
  job_ms: number | null;
  /** How long after a job the list of nodes still shows the old roles, in milliseconds. */
  roles_lag_ms: number;
  /** How long after the beginning of a swap its background task is listed, in milliseconds. */
  task_delay_ms: number;
  /** `new`: every node has new ids after a swap. */
  node_ids: "kept" | "new";
  /** Id or address of the standby that takes over; the first active one, where `null`. */
  next_master: string | null;
  /** How far the standbys are behind, in bytes; `null`: Cloud Eye has no figure. */
  replication_gap_bytes: number | "measured" | null;
  /** The same of single nodes, by their address. */
  node_gaps: Record<string, number | "measured" | null>;
}

/** A new instance; master/standby with one replica unless given otherwise. */
export interface NewInstance extends Partial<Settings> {
  instance_id?: string;
  name?: string;
  cache_mode?: string;
  slave_status?: string;
  engine?: string;
  engine_version?: string;
  /** In GB. */
  capacity?: number;
  replica_count?: number;
  sharding_count?: number;
  az_codes?: string[];
}

/** A background task. */
export interface NewTask {
  name: string;
  status?: string;
  user_name?: string;
  job_id?: string;
  error_code?: string;
  /** When it was created, in milliseconds since 1970. */
  created_ms?: number;
  /** When it is first listed, in milliseconds from now. */
  delay_ms?: number;
}

/** What the emulator is called with. */
export interface Config {
  region: string;
  project_id: string;
  instance_id: string;
  access_key: string;
  secret_key: string;
  temporary: { access_key: string; secret_key: string; security_token: string };
  token: string;
  identity: {
    idp_id: string;
    audience: string;
    provider_urn: string;
    agency_urn: string;
    pod_identity_path: string;
  };
  /** How far a date may be off, in milliseconds. */
  date_window_ms: number;
  /** How many failures in a row lock an access key, and for how many milliseconds. */
  failures_to_lock: number;
  lock_ms: number;
}

/** A node as it is. */
export interface TrueNode {
  node_id: string;
  replication_id: string;
  role: "master" | "slave";
  ip: string;
  /** Where a Redis client finds it; with --redis only. */
  address?: string | null;
  az_code: string;
  status: "Active" | "Inactive";
}

/** A job as it is. */
export interface TrueJob {
  job_id: string;
  job_type: string;
  status: string;
  begin_time: string;
  end_time?: string;
  /** Of a job that failed. */
  fail_reason?: string;
}

/** What became of the swaps of an instance. */
export interface Counters {
  swap_requests: number;
  swaps_run: number;
  swaps_refused: number;
}

/** The truth about one instance. */
export interface Truth {
  name: string;
  status: string;
  cache_mode: string;
  /** The nodes of the first group. */
  nodes: TrueNode[];
  /** The nodes of each group; of other than clusters there is one. */
  groups: TrueNode[][];
  /** Why the nodes cannot be read; with --redis only. */
  trouble: string | null;
  counters: Counters;
  /** When the roles changed, in milliseconds since 1970, oldest first. */
  roles_changed_ms: number[];
  jobs: TrueJob[];
  settings: Settings;
}

/** A request as the emulator saw it. */
export interface Seen {
  seq: number;
  /** In milliseconds since 1970. */
  time: number;
  operation: string | null;
  instance_id: string | null;
  method: string;
  path: string;
  query: string;
  status: number;
  /** `answered`, `dropped`, `hung` or `abandoned`. */
  outcome: string;
  fault: string | null;
  access_key: string | null;
  authentication: string | null;
  signed: boolean;
  signed_headers: string | null;
  request_id: string;
}

/** What is true. */
export interface State {
  region: string;
  instances: Record<string, Truth>;
  requests: Seen[];
  counters: {
    requests: number;
    iam_lookups: number;
    authentication_failures: number;
    preflights: number;
    operations: Record<string, number>;
  };
  faults: unknown[];
  locked_access_keys: string[];
  clock_offset_ms: number;
}
