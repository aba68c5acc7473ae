import { DcsClient } from "huaweicloud-dcs";
import type { DcsEvent, JobInfo, NodeRole, SwitchoverReport } from "huaweicloud-dcs";
import type { SwitchoverJournal, SwitchoverRecord } from "huaweicloud-dcs/journal";
import { checkByReads, resumeByReads, swapChecked } from "./by-reads.ts";

/** Where the master shall be. */
export type Goal = { nodeId: string } | { zone: string } | { awayFromZone: string };

export type Doubt = "lost" | "busy" | "refusal_not_known" | "unusable_answer" | "late";

/** What happened, and how it is known. */
export type Report = Omit<SwitchoverReport, "result"> & {
  result: SwitchoverReport["result"] | "already";
  doubt?: Doubt;
  resumed?: true;
};

/** What a switchover would do, from reads alone. */
export interface Plan {
  instanceId: string;
  result: "swap" | "already" | "not_sent";
  reason: string;
  before?: NodeRole[];
  master?: NodeRole;
  candidates: NodeRole[];
}

/** What is written down of a switchover before its swap leaves. */
export type Intent = SwitchoverRecord;
export type Journal = SwitchoverJournal;

export type Told =
  DcsEvent | { type: "job"; job: JobInfo } | { type: "report"; report: SwitchoverReport };

export interface SwapOptions {
  instanceId: string;
  to?: Goal;
  expectedMaster?: string;
  journal: Journal;
  intervalMs: number;
  signal: AbortSignal;
  onEvent: (event: Told) => void;
}

type CheckOptions = { instanceId: string; to?: Goal; signal?: AbortSignal };
export type ResumeOptions = Pick<SwapOptions, "intervalMs" | "signal" | "onEvent">;

/** The client, as it is once it knows goals, journals and records. */
interface Knowing {
  checkSwitchover(options: CheckOptions): Promise<Plan>;
  switchover(options: SwapOptions): Promise<Report>;
  resumeSwitchover(record: Intent, options: ResumeOptions): Promise<Report>;
}

/** Whether the package checks, expects a master, and resumes by itself; an older one has that done by reads here. */
const knows = (dcs: DcsClient | (DcsClient & Knowing)): dcs is DcsClient & Knowing =>
  "checkSwitchover" in DcsClient.prototype && "checkSwitchover" in dcs;

/** Reads instance and roles, and says what a switchover would do. */
export function check(dcs: DcsClient, options: CheckOptions): Promise<Plan> {
  return knows(dcs) ? dcs.checkSwitchover(options) : checkByReads(dcs, options);
}

/** Swaps once, follows, verifies. */
export function swapOnce(dcs: DcsClient, options: SwapOptions): Promise<Report> {
  return knows(dcs) ? dcs.switchover(options) : swapChecked(dcs, options);
}

/** Finds out by reads alone what became of a switchover. */
export function resumeOnce(
  dcs: DcsClient,
  intent: Intent,
  options: ResumeOptions,
): Promise<Report> {
  return knows(dcs) ? dcs.resumeSwitchover(intent, options) : resumeByReads(dcs, intent, options);
}
