/**
 * Switch the master and standby nodes of a Huawei Cloud DCS (Redis) instance: at most once per call,
 * followed to its end, verified.
 *
 * @example
 * import { DcsClient } from "huaweicloud-dcs";
 *
 * const dcs = new DcsClient({ region: "cn-north-4", credentials: { ak, sk } });
 * const report = await dcs.switchover({ instanceId });
 * console.log(report.result, report.after); // "swapped", the nodes with their new roles
 *
 * @packageDocumentation
 */

/// <reference lib="esnext.disposable" />

export * from "./signer.js";
import type { CredentialsInput, DcsError, RegionInfo, SignedHeaders } from "./signer.js";

/** What became of the swap when a call was rejected. */
export type Outcome =
  /** Nothing that could swap was sent. */
  | "not_sent"
  /** The service refused it: the roles were not changed by this call. */
  | "rejected"
  /** The answer was lost: it may have run. Read the roles before deciding anything. */
  | "unknown"
  /** The service accepted it; what came after failed. */
  | "accepted";

/** Why it is not known what became of a swap. */
export type Doubt =
  /** No answer came. */
  | "lost"
  /** The service says that a job is already running: it may be this very swap, sent twice on its way. */
  | "busy"
  /** A refusal that is not on the list of those that prove that nothing ran. */
  | "refusal_not_known"
  /** An answer that says neither yes nor no: a 5xx, a 408, a redirect, a body that is not the API's. */
  | "unusable_answer"
  /** The swap was accepted, and its end was not seen in time; or its job ended and the roles say otherwise. */
  | "late";

/** Where the master shall be: on this node, in this availability zone, or in any zone but this one. */
export type SwitchoverGoal = { nodeId: string } | { zone: string } | { awayFromZone: string };

/** What a remote signer is given: everything that is needed to check and sign, and no secret. */
export interface RemoteSignRequest {
  method: string;
  /** The real URL, the one the signature is for (not `via`). */
  url: string;
  /** The headers to sign, `Host` among them. */
  headers: Record<string, string>;
  /** Hash of the body, lower-case hex. */
  bodySha256: string;
  /** The canonical request; its signature is what is asked for. */
  canonicalRequest: string;
  /** What a back end with the key would run through HMAC. */
  stringToSign: string;
}

/** Signs on another machine; resolves to the headers to send, `Authorization` among them. */
export type RemoteSigner = (request: RemoteSignRequest) => SignedHeaders | Promise<SignedHeaders>;

/** How failed calls are retried. This is for reads; a swap is sent again only when it provably did not run. */
export interface RetryOptions {
  /** Attempts in all, 1 to 10; 3 unless given. */
  maxAttempts?: number;
  /** Time for all attempts in milliseconds; 60,000 unless given. */
  maxElapsedMs?: number;
  /** First back-off in milliseconds (full jitter, doubling); 200 unless given. */
  baseDelayMs?: number;
  /** Longest back-off in milliseconds; 5,000 unless given. `Retry-After` may ask for more, to 60,000. */
  maxDelayMs?: number;
}

/**
 * A `fetch` of your own: a test double, a proxy agent, an instrumented one. It is given a request, and the same options once more
 * for a `fetch` that does not know the platform's `Request`, such as undici's or node-fetch's.
 */
export type FetchLike = (input: Request, init: RequestInit) => Promise<Response>;

/** Progress of a call. Holds no secret. */
export type DcsEvent =
  | { type: "attempt"; operation: string; attempt: number; method: string; url: string }
  | {
      type: "response";
      operation: string;
      attempt: number;
      httpStatusCode: number;
      requestId?: string;
      elapsedMs: number;
    }
  | {
      type: "retry";
      operation: string;
      attempt: number;
      delayMs: number;
      reason: string;
    }
  | { type: "clock"; operation: string; attempt: number; offsetMs: number }
  | {
      type: "phase";
      phase: SwitchoverPhase;
      elapsedMs: number;
      instanceId: string;
    }
  | { type: "job"; job: JobInfo; elapsedMs: number; instanceId: string }
  /** The end of every switchover, also of one that is aborted. */
  | { type: "report"; report: SwitchoverReport; elapsedMs: number; instanceId: string }
  /** A single call was aborted; of a swap, `outcome` says what became of it. */
  | { type: "aborted"; operation: string; outcome?: Outcome };

/** Where a switchover is. `done` is the last one. */
export type SwitchoverPhase = "check" | "swap" | "follow" | "verify" | "find_out" | "done";

/** Options of the client; every one may also be given, or overridden, in a single call. */
export interface ClientOptions {
  /** A region id, for example `cn-north-4`; `regions()` lists them. In Node `HUAWEICLOUD_SDK_REGION` when left out. */
  region?: string;
  /** The endpoint instead of the region's, `https://...` (plain http only to loopback). Several: tried in turn, for reads only. */
  endpoint?: string | string[];
  /** The IAM endpoint used to look up the project id; the region's unless given. */
  iamEndpoint?: string;
  /** The endpoint of Cloud Eye, which `maxReplicationGapBytes` asks; the region's unless given. */
  cesEndpoint?: string;
  /** 32 lower-case hex digits. Looked up through IAM, and cached per AK and region, when left out. */
  projectId?: string;
  /** Keys, a token, a `Credential`, or a function that gets them. In Node: the official chain when left out. */
  credentials?: CredentialsInput;
  /** Has a back end sign, in place of `credentials`. */
  signer?: RemoteSigner;
  /**
   * A back end of your own (`huaweicloud-dcs/server`) does it all: it holds keys and project, and knows its users by their
   * session. A path of the page's origin, `/dcs`, or an absolute URL; `region` is one of the back end's. Cookies of the page's
   * origin go along; a swap carries an `Idempotency-Key`, so that a browser's own repetition of it is not a second swap.
   */
  server?: string;
  /**
   * Where requests are sent (your own origin), while they are signed for the endpoint. An absolute URL, or a path of the page's
   * origin, which gets its cookies.
   */
  via?: string;
  /** The signing algorithm; `SDK-HMAC-SHA256` unless given. */
  algorithm?: "SDK-HMAC-SHA256" | "SDK-HMAC-SM3" | "V11-HMAC-SHA256";
  /** Milliseconds for one attempt, 1 to 600,000; 30,000 unless given. */
  timeoutMs?: number;
  /** How reads are retried; `false` means never. */
  retry?: RetryOptions | false;
  /** Used in place of the global `fetch`, which is looked up at each call. */
  fetch?: FetchLike;
  /** Is told of progress. Whatever it throws is ignored. */
  onEvent?: (event: DcsEvent) => void;
  /**
   * Milliseconds to add to this machine's clock. The client corrects it once by itself, by a day at most, when the gateway
   * rejects the date: a read is sent again, a swap is not, but the next call of the client has the right date.
   */
  clockOffsetMs?: number;
  /** Allow plain http to hosts other than loopback. Never with real keys. */
  allowInsecure?: boolean;
}

/** Options of any call. */
export interface CallOptions extends ClientOptions {
  /** Aborts the call, which then rejects with the signal's own reason. */
  signal?: AbortSignal;
}

/** Options of the calls about one instance. */
export interface InstanceOptions extends CallOptions {
  /** The id of the instance, a UUID. */
  instanceId: string;
}

/** Two properties that every answer has beside its fields. They are not enumerable. */
export interface AnswerMeta {
  readonly httpStatusCode: number;
  readonly requestId: string | undefined;
}

/** The answer of ChangeMasterStandby, which has no body (HTTP 204). */
export type ChangeMasterStandbyResponse = AnswerMeta;

/** The answer of ChangeMasterStandbyAsync. */
export interface ChangeMasterStandbyAsyncResponse extends AnswerMeta {
  /** The job to follow with `showJobInfo` or `followJob`. */
  job_id: string;
}

export type JobStatus = "INIT" | "RUNNING" | "SUCCESS" | "FAIL";

/** The answer of ShowJobInfo. Times are strings of milliseconds since 1970. */
export interface JobInfo {
  job_id: string;
  job_type: string;
  status: JobStatus;
  begin_time?: string;
  end_time?: string;
  fail_reason?: string;
}

/** One instance, as ShowInstance returns it. Fields that are not listed here are passed through. */
export interface InstanceInfo {
  instance_id: string;
  name?: string;
  /** `RUNNING`, `CREATING`, `CREATEFAILED`, `ERROR`, `RESTARTING`, `EXTENDING`, `RESTORING`, ... */
  status: string;
  sub_status?: string;
  /** `single`, `ha`, `cluster`, `proxy`, `ha_rw_split`; absent from the items of ListInstances. */
  cache_mode?: string;
  replica_count?: number;
  sharding_count?: number;
  engine?: string;
  engine_version?: string;
  ip?: string;
  port?: number;
  domain_name?: string;
  az_codes?: string[];
  spec_code?: string;
  [field: string]: unknown;
}

/** The answer of ListInstances. */
export interface ListInstancesResponse extends AnswerMeta {
  instances: InstanceInfo[];
  instance_num: number;
}

export interface ListInstancesOptions extends CallOptions {
  instanceId?: string;
  name?: string;
  nameEqual?: boolean;
  status?: string;
  ip?: string;
  tags?: string;
  capacity?: string;
  includeFailure?: boolean;
  includeDelete?: boolean;
  /** 0 unless given. */
  offset?: number;
  /** 1 to 1,000. Of `listInstances` 10 unless given, which is the service's own default; of `iterateInstances` 1,000. */
  limit?: number;
}

export interface ListBackgroundTaskOptions extends InstanceOptions {
  /** 0 unless given. */
  offset?: number;
  /** 1 to 1,000; 10 unless given. */
  limit?: number;
  /** 14 digits, `yyyyMMddHHmmss`, in UTC. */
  startTime?: string;
  /** 14 digits, `yyyyMMddHHmmss`, in UTC. */
  endTime?: string;
}

/** A background task of an instance. */
export interface BackgroundTaskInfo {
  id: string;
  /** For example `masterStandbySwapJob`. */
  name: string;
  status?: string;
  user_name?: string;
  user_id?: string;
  created_at?: string;
  updated_at?: string;
  /** `null` where nothing failed. */
  error_code?: string | null;
  job_id?: string;
  /** What the task was given: JSON in a string. */
  params?: string;
  /** More about some kinds of tasks. */
  details?: unknown;
  enable_show?: boolean;
  [field: string]: unknown;
}

/** The answer of ListBackgroundTask. */
export interface ListBackgroundTaskResponse extends AnswerMeta {
  tasks: BackgroundTaskInfo[];
  /** How many there are in all, in digits. */
  task_count?: string;
}

/** One node of a group. */
export interface ReplicationInfo {
  replication_role: "master" | "slave";
  replication_ip?: string;
  replication_id: string;
  node_id: string;
  /** `Active` or `Inactive`. */
  status: string;
  az_code?: string;
  is_replication?: boolean;
  [field: string]: unknown;
}

export interface GroupReplicationInfo {
  group_id: string;
  group_name?: string;
  replication_list: ReplicationInfo[];
  [field: string]: unknown;
}

/** The answer of ListGroupReplicationInfo. */
export interface ListGroupReplicationInfoResponse extends AnswerMeta {
  group_count?: number;
  group_list: GroupReplicationInfo[];
}

/** A node, as a report describes it. */
export interface NodeRole {
  nodeId: string;
  role: "master" | "slave";
  status: string;
  ip?: string;
  azCode?: string;
}

/** What happened, and how it is known. */
export interface SwitchoverReport {
  instanceId: string;
  /**
   * `swapped`: after the swap a single master was read, which was a standby before. `already`: the goal `to` held when the roles
   * were read; nothing was sent. `not swapped`: nothing was sent; or it was refused in a way that is a proof; or the job failed and
   * the roles are as before; or the service's own list of tasks shows that no swap was begun. `unknown`: everything else.
   */
  result: "swapped" | "already" | "not swapped" | "unknown";
  /** Whether roles that were read prove `result`. */
  verified: boolean;
  /** What became of the request for the swap. */
  outcome: Outcome;
  /** Why that is not known, or was not known for a while. */
  doubt?: Doubt;
  /** What could not be read, so that it went on without: the list of tasks, for example, where the permission is missing. */
  notes?: string[];
  /** Another run began it; this one found out what became of it. */
  resumed?: true;
  /** The roles have changed, but the master is not where `to` wants it: the promise is rejected, and may be run again. */
  goalMissed?: true;
  /** In a sentence, how the result is known, or why it is not, and what to do. */
  reason: string;
  /** Roles before; absent when they could not be read. */
  before?: NodeRole[];
  /** Roles after a swap that was sent, and of `already`; absent when nothing was sent, or when they could not be read. */
  after?: NodeRole[];
  job?: JobInfo;
  /** Milliseconds from the call to the report. */
  durationMs: number;
  /**
   * Requests given to `fetch`: for the swap (0 or 1; more only where flow control refused the ones before), and for reads. What a
   * platform below `fetch` repeats by itself is not counted here.
   */
  attempts: { swap: number; reads: number };
}

export interface FollowJobOptions extends CallOptions {
  /** Milliseconds between two reads, 50 to 60,000; 1,000 unless given, with growing pauses for a long job. */
  intervalMs?: number;
  /** Milliseconds for the whole job, 3,600,000 at most; 600,000 unless given. */
  followTimeoutMs?: number;
}

/** Goal, precondition and guards of a switchover. Each applies only when given, and can only keep a swap from being sent. */
export interface SwitchoverConditions {
  /** Where the master shall be. If it is there already, nothing is sent, so running the same call twice swaps once. */
  to?: SwitchoverGoal;
  /** The id of the node that must be master when the check reads the roles; otherwise nothing is sent. */
  expectedMaster?: string;
  /** `maintenance`: nothing is sent outside of the instance's maintenance window. */
  window?: "maintenance";
  /** Nothing is sent when a standby that could take over is further behind, in bytes, or when that cannot be read. */
  maxReplicationGapBytes?: number;
}

export interface CheckSwitchoverOptions extends InstanceOptions, SwitchoverConditions {}

/** What a switchover would do now. */
export interface SwitchoverPlan {
  instanceId: string;
  result: "swap" | "already" | "not_sent";
  /** In a sentence, why. */
  reason: string;
  /** What could not be read, so that the check went on without it. */
  notes?: string[];
  /** The nodes; absent when they could not be read. */
  before?: NodeRole[];
  master?: NodeRole;
  /** The standbys that could take over; the service chooses among them. */
  candidates?: NodeRole[];
}

/** What a journal keeps of a switchover. It holds no secret. */
export interface SwitchoverRecord {
  version: 1;
  /** Tells this switchover from every other. */
  id: string;
  instanceId: string;
  /** Basic ISO 8601 in UTC, `YYYYMMDDTHHMMSSZ`. */
  startedAt: string;
  /** `sending`: the swap may have left. `accepted`: the service has accepted it. */
  state: "sending" | "accepted";
  /** The nodes before the swap. */
  before: (NodeRole & { replicationId?: string })[];
  jobId?: string;
  /** Ids of the swaps that the list of background tasks had before. */
  tasks?: string[];
  to?: SwitchoverGoal;
  expectedMaster?: string;
}

/**
 * Where the intent of a switchover is written before the swap leaves, under the id of its instance. `write` must reject, with the
 * record it found as the property `record` of its error, when there is one whose `id` differs: so two runs cannot both begin.
 */
export interface SwitchoverJournal {
  read(key: string): Promise<SwitchoverRecord | null | undefined>;
  write(key: string, record: SwitchoverRecord): Promise<void>;
  remove(key: string): Promise<void>;
}

/** Times of reading the roles, and the journal. */
export interface SwitchoverTimes extends FollowJobOptions {
  /** Milliseconds to wait for changed roles once the job has succeeded, or to find out what became of a swap; 60,000 unless given. */
  verifyTimeoutMs?: number;
  /**
   * Writes the intent before the swap leaves, so that a process that dies is followed by a run that knows. With an open record in
   * it, a switchover does not swap: it finds out what became of the first one. `fileJournal` and `webJournal` are such journals.
   */
  journal?: SwitchoverJournal;
}

export interface SwitchoverOptions extends InstanceOptions, SwitchoverConditions, SwitchoverTimes {}

export interface ResumeSwitchoverOptions extends SwitchoverTimes {}

export interface SwitchoverAllOptions extends SwitchoverConditions, SwitchoverTimes {
  /** Switchovers under way at once, 1 to 32; 4 unless given. */
  concurrency?: number;
  /** Start no further switchover after a failure. False unless given. */
  stopOnFailure?: boolean;
  /** Only check: each result has a plan, and nothing is swapped. False unless given. */
  dryRun?: boolean;
}

/** One entry for each instance, in the order given. */
export interface SwitchoverAllResult {
  instanceId: string;
  /** `skipped`: not started, after a failure with `stopOnFailure` or an abort; nothing was sent for it. */
  state: "fulfilled" | "rejected" | "skipped";
  /** The report of a switchover that was started, also when it was rejected or aborted. */
  report?: SwitchoverReport;
  /** The plan, with `dryRun`. */
  plan?: SwitchoverPlan;
  error?: unknown;
}

/** A client of the Distributed Cache Service. Options are read once; the secret stays in wasm memory and is wiped by `free()`. */
export declare class DcsClient {
  constructor(options?: ClientOptions);
  /** Swaps master and standby without a job to follow: one request, at most one swap. Read the roles to see the end. */
  changeMasterStandby(options: InstanceOptions): Promise<ChangeMasterStandbyResponse>;
  /** Swaps master and standby: one request, at most one swap. Resolves when the service has accepted it; the job goes on. */
  changeMasterStandbyAsync(options: InstanceOptions): Promise<ChangeMasterStandbyAsyncResponse>;
  /** Reads the state of a job. */
  showJobInfo(options: CallOptions & { jobId: string }): Promise<JobInfo & AnswerMeta>;
  /** Reads one instance. */
  showInstance(options: InstanceOptions): Promise<InstanceInfo & AnswerMeta>;
  /** Reads one page of instances: 10, unless `limit` is given. `instance_num` says how many there are in all. */
  listInstances(options?: ListInstancesOptions): Promise<ListInstancesResponse>;
  /** All instances, page by page as they are asked for; `limit` is the page's size, 1,000 unless given. */
  iterateInstances(options?: ListInstancesOptions): AsyncGenerator<InstanceInfo, void, void>;
  /** Reads the roles of the nodes. */
  listGroupReplicationInfo(options: InstanceOptions): Promise<ListGroupReplicationInfoResponse>;
  /**
   * The states of a job until SUCCESS; throws SwitchoverError with `fail_reason` on FAIL, RequestTimeoutError when time is up.
   * A read that fails is tried again at the next turn. Leaving the loop stops the polling at once.
   */
  followJob(jobId: string, options?: FollowJobOptions): AsyncGenerator<JobInfo, void, void>;
  /** Reads the background tasks of an instance. */
  listBackgroundTask(options: ListBackgroundTaskOptions): Promise<ListBackgroundTaskResponse>;
  /** Reads what a switchover would do now, and sends nothing. Rejects when the instance cannot be read. */
  checkSwitchover(options: CheckSwitchoverOptions): Promise<SwitchoverPlan>;
  /**
   * Checks the instance, swaps once, follows the job and verifies the roles. Rejects with SwitchoverError (and its `report`)
   * unless the roles were seen to change, or the goal `to` held already.
   */
  switchover(options: SwitchoverOptions): Promise<SwitchoverReport>;
  /** Finds out what became of a switchover that another run began. It only reads; it never swaps. */
  resumeSwitchover(
    record: SwitchoverRecord,
    options?: ResumeSwitchoverOptions,
  ): Promise<SwitchoverReport>;
  /** Runs a switchover for each instance, so many at once. The failure of one of them does not reject the promise. */
  switchoverAll(
    instanceIds: string[],
    options?: SwitchoverAllOptions,
  ): Promise<SwitchoverAllResult[]>;
  /** Wipes the secret from wasm memory. Calls made later are rejected. */
  free(): void;
  [Symbol.dispose](): void;
}

/** `new DcsClient(opts).changeMasterStandbyAsync(opts)` in one call. */
export declare function changeMasterStandbyAsync(
  options: InstanceOptions,
): Promise<ChangeMasterStandbyAsyncResponse>;

/** The regions that DCS is known to serve, with their endpoints. */
export declare function regions(): RegionInfo[];

/** A switchover failed, or could not be confirmed. */
export declare class SwitchoverError extends DcsError {
  readonly name: "SwitchoverError";
  /** The report, when it was a switchover that failed. */
  readonly report?: SwitchoverReport;
  /** Why it is not known what became of the swap. */
  readonly doubt?: Doubt;
  /** The job, when `followJob` saw it fail. */
  readonly job?: JobInfo;
}
