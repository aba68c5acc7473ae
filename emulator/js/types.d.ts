// What the emulator's admin addresses take and give; docs/emulator.md says what each means.

export interface Key {
  ak: string;
  sk: string;
  securityToken?: string;
}

export interface Match {
  operation?: string;
  instance_id?: string;
  access_key?: string;
}

export type When = "before" | "after";
type Shape = "service" | "gateway" | "iam";
type Copy = "first" | "second";

interface Refusal {
  error_code?: string;
  error_msg?: string;
  shape?: Shape;
}

type SimpleFault =
  | "drop_before"
  | "drop_after"
  | "cut_body"
  | "malformed_body"
  | "duplicate_keys"
  | "no_content"
  | "job_hang"
  | "roles_stuck"
  | "new_node_ids";

type SingleFault =
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

export type Fault =
  SingleFault | { kind: "clock"; offset_ms: number } | { kind: "together"; faults: SingleFault[] };

export interface Settings {
  status: string;
  task: string | null;
  swap_task: string | null;
  busy_code: string | null;
  maintain_begin: string | null;
  maintain_end: string | null;
  job_ms: number | null;
  roles_lag_ms: number;
  task_delay_ms: number;
  node_ids: "kept" | "new";
  next_master: string | null;
  replication_gap_bytes: number | "measured" | null;
  node_gaps: Record<string, number | "measured" | null>;
}

export interface NewInstance extends Partial<Settings> {
  instance_id?: string;
  name?: string;
  cache_mode?: string;
  slave_status?: string;
  engine?: string;
  engine_version?: string;
  capacity?: number;
  replica_count?: number;
  sharding_count?: number;
  az_codes?: string[];
}

export interface NewTask {
  name: string;
  status?: string;
  user_name?: string;
  job_id?: string;
  error_code?: string;
  created_ms?: number;
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
}

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

export interface TrueJob {
  job_id: string;
  status: string;
  begin_time: string;
  end_time?: string;
}

export interface Counters {
  swap_requests: number;
  swaps_run: number;
  swaps_refused: number;
}

/** The truth about one instance. */
export interface Truth {
  nodes: TrueNode[];
  counters: Counters;
  /** When the roles changed, in milliseconds since 1970, oldest first. */
  roles_changed_ms: number[];
  jobs: TrueJob[];
  settings: Settings;
}

/** A request as the emulator saw it. */
export interface Seen {
  seq: number;
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

export interface State {
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
