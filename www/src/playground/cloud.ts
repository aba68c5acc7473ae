import { type Cloud, type Fault, createEmulator } from "huaweicloud-dcs/emulator";
import module from "virtual:emulator-wasm";
import { connect } from "../state/session.ts";
import { discard, left, look } from "../state/switchover.ts";
import type { texts } from "./texts.ts";

/** How long a swap takes, in milliseconds: long enough to be watched. */
const JOB_MS = 2_500;
const INSTANCES = 12;

/** What can happen to a swap, by its text; every swap, until something else is chosen. */
const MISHAPS = {
  none: undefined,
  lost: { kind: "drop_after" },
  never: { kind: "drop_before" },
  busy: {
    kind: "status",
    status: 400,
    error_code: "DCS.4026",
    error_msg: "This operation is not allowed when the DCS instance is in the current state.",
  },
  throttled: { kind: "gateway_refused", retry_after: 1 },
  failedJob: { kind: "job_fail" },
  lag: { kind: "roles_lag", ms: 8_000 },
  back: { kind: "swap_back", ms: 0 },
} satisfies Partial<Record<keyof typeof texts.en, Fault | undefined>>;

export type Mishap = keyof typeof MISHAPS;
export const mishaps = Object.keys(MISHAPS) as Mishap[];

let cloud: Cloud | undefined;

/** Starts a cloud in this page and connects to it; the id of its first instance. */
export async function start(): Promise<string | undefined> {
  const wasm = Uint8Array.from(atob(module), (sign) => sign.charCodeAt(0));
  cloud = await createEmulator({ instances: INSTANCES, variety: true, jobMs: JOB_MS, wasm });
  // What an earlier visit left was about a cloud that is gone.
  look();
  for (const one of left.value.pending) await discard(one);
  const { credentials, ...target } = cloud.config;
  await connect("key", target, credentials, { fetch: cloud.fetch });
  return cloud.instanceIds[0];
}

/** Lets this happen to every swap from now on, or once where the client sends it again by itself. */
export async function choose(mishap: Mishap): Promise<void> {
  await cloud?.admin.disarm();
  const fault = MISHAPS[mishap];
  const times = mishap === "throttled" ? 1 : 1_000;
  if (fault) await cloud?.admin.arm({ operation: "ChangeMasterStandbyAsync" }, fault, { times });
}
