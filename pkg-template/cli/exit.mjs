// @ts-check
// Exit codes, and what an error means for the swap.

import { DcsError, InvalidArgumentError } from "huaweicloud-dcs";

/** Done: the roles were seen to change, the swap was accepted, the job succeeded, or what was asked for was read. */
export const DONE = 0;
/** Refused, failed or not swapped; nothing is in doubt. */
export const REFUSED = 1;
/** A usage error; nothing was sent that could swap. */
export const USAGE = 2;
/** A swap may have run, or may still run. */
export const UNKNOWN = 3;

/** A mistake of whoever typed the command. */
export class UsageError extends Error {
  name = "UsageError";
}

/** The command was told to stop, by Ctrl+C or another signal. */
export class Interrupted extends Error {
  name = "Interrupted";

  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
  }
}

/**
 * Whether a swap may have run, by the error that a call ended with.
 * @param {unknown} error
 */
export function inDoubt(error) {
  const { report } = /** @type {{ report?: { result: string } }} */ (error ?? {});
  if (report) return report.result === "unknown";
  return error instanceof DcsError && ["unknown", "accepted"].includes(error.outcome ?? "");
}

/** @param {unknown} error */
export function codeOf(error) {
  if (error instanceof UsageError || error instanceof InvalidArgumentError) return USAGE;
  return inDoubt(error) ? UNKNOWN : REFUSED;
}
