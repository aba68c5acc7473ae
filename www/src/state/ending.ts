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

/** What it came to was in doubt, or still is: before anything is swapped again, somebody has to look. */
export function isDoubtful(run: { report?: Report; stopped: boolean } | undefined): boolean {
  if (!run?.report) return false;
  const { open, doubt } = endingOf(run.report, run.stopped);
  return open || doubt !== undefined;
}

/** By result and doubt, each in words of its own. `stopped`: the user stopped following. */
export function endingOf(report: Report, stopped = false): Ending {
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
  if (result === "swapped") {
    return doubt ? doubtful("swapped", "good", ["end.swapped.do"]) : plain("swapped", "good");
  }
  if (result === "unknown") {
    if (stopped) return plain("stopped", "open", UNKNOWN);
    return doubtful("unknown", "open", UNKNOWN);
  }
  if (doubt) return doubtful("unchanged", "bad", ["end.unchanged.do"]);
  if (outcome === "not_sent") return plain("notSent", "bad");
  if (outcome === "rejected") return plain("rejected", "bad");
  return job?.status === "FAIL" ? plain("jobFailed", "bad") : plain("unchanged", "bad");
}

type Plain = "already" | "swapped" | "unchanged" | "stopped" | "notSent" | "rejected" | "jobFailed";

const UNKNOWN: Key[] = ["end.unknown.do", "end.unknown.do2", "end.unknown.do3"];
