import type { Doubt, Report } from "./core.ts";
import type { Key } from "../i18n/index.ts";

const DOUBTS: readonly string[] = [
  "lost",
  "busy",
  "refusal_not_known",
  "unusable_answer",
  "late",
] satisfies Doubt[];

export type Tone = "good" | "bad" | "open";

/** How a switchover ended, in keys of texts. */
export interface Ending {
  title: Key;
  /** Sentences, in this order. */
  text: Key[];
  /** What to do; none: nothing is left to do. */
  todo: Key[];
  tone: Tone;
  doubt?: Doubt;
  /** A swap may have run, or may still run: what it came to has to be found out before anything is swapped again. */
  open: boolean;
}

/** The doubt of a report; undefined for a word that this page does not know. */
export function doubtOf(report: Report): Doubt | undefined {
  const { doubt } = report;
  return doubt && DOUBTS.includes(doubt) ? doubt : undefined;
}

/** What a report does not say of itself. */
export interface How {
  /** The user stopped following. */
  stopped?: boolean;
  /** A new swap was confirmed, and this is what an earlier one came to: the new one was not sent. */
  instead?: boolean;
}

/** Whether the report of a confirmed swap is that of an earlier one, whose record was still open. */
export const isInstead = (report: Report) => report.resumed === true && report.attempts.swap === 0;

/** What it came to was in doubt, or still is: before anything is swapped again, somebody has to look. */
export function isDoubtful(run: ({ report?: Report } & How) | undefined): boolean {
  if (!run?.report) return false;
  const { open, doubt } = endingOf(run.report, run);
  return open || doubt !== undefined;
}

/** By result and doubt, each in words of its own. */
export function endingOf(report: Report, { stopped, instead }: How = {}): Ending {
  const { result, outcome, job } = report;
  const doubt = doubtOf(report);
  const plain = (name: Plain, tone: Tone, todo: Key[] = []): Ending => ({
    title: `end.${name}`,
    text: [`end.${name}.text`],
    todo,
    tone,
    open: tone === "open",
  });
  const doubtful = (of: "swapped" | "unchanged" | "unknown", tone: Tone, todo: Key[]): Ending => ({
    title: doubt ? (`end.${of}.${doubt}` as Key) : `end.${of}`,
    text: doubt ? [`doubt.${doubt}`, `end.${of}.after`] : [`end.${of}.text`],
    todo,
    tone,
    doubt,
    open: tone === "open",
  });
  if (result === "already") return plain("already", "good");
  if (instead && result === "swapped") return { ...plain("instead.swapped", "bad", AGAIN), doubt };
  if (instead && result === "not swapped") return plain("instead.unchanged", "bad", AGAIN);
  if (instead) return plain("instead.unknown", "open", UNKNOWN);
  if (report.goalMissed) return { ...plain("goalMissed", "bad", ["end.goalMissed.do"]), doubt };
  if (result === "swapped") {
    if (doubt) return doubtful("swapped", "good", ["end.swapped.do"]);
    return plain(job?.status === "SUCCESS" ? "swapped" : "swappedByRoles", "good");
  }
  if (result === "unknown") {
    if (stopped) return plain("stopped", "open", UNKNOWN);
    return doubtful("unknown", "open", UNKNOWN);
  }
  if (doubt) return doubtful("unchanged", "bad", ["end.unchanged.do"]);
  if (outcome === "not_sent") return plain(stopped ? "stoppedUnsent" : "notSent", "bad");
  if (outcome === "rejected") return plain("rejected", "bad");
  return job?.status === "FAIL" ? plain("jobFailed", "bad") : plain("unchanged", "bad");
}

type Plain =
  | "already"
  | "swapped"
  | "swappedByRoles"
  | "goalMissed"
  | "instead.swapped"
  | "instead.unchanged"
  | "instead.unknown"
  | "unchanged"
  | "stopped"
  | "stoppedUnsent"
  | "notSent"
  | "rejected"
  | "jobFailed";

const AGAIN: Key[] = ["end.instead.do"];
const UNKNOWN: Key[] = ["end.unknown.do", "end.unknown.do2", "end.unknown.do3"];
