// @ts-check
// `swap`: one request, and its job. Nothing is followed.

import { mayGoOn, needsTerminal } from "../ask.mjs";
import { client, typed } from "../client.mjs";
import { wouldSend } from "../dry-run.mjs";
import { DONE, REFUSED, inDoubt } from "../exit.mjs";
import { findOne, withName } from "../find.mjs";
import { check } from "../plan.mjs";
import { harmless } from "../style.mjs";

/** @typedef {import("../main.mjs").Order} Order */

/** @param {Order} order */
export async function swap(order) {
  const { args, options, output, signal, swaps } = order;
  needsTerminal(order);
  const dcs = client(order);
  const target = await findOne(order, dcs, args[0] ?? "");
  const { instanceId } = target;
  if (options.dryRun) {
    const request = await wouldSend(order, instanceId);
    const lines = [`would send: ${request.method} ${request.url}`, "Nothing was swapped."];
    output.result({ dryRun: true, ...request }, lines, [
      { head: "METHOD", get: ({ method }) => method },
      { head: "URL", get: ({ url }) => url },
    ]);
    return DONE;
  }
  if (!options.yes) {
    // Only so that the question says what it is about: this command sends what the check would refuse.
    const checked = await check(order, dcs, await withName(order, dcs, target));
    if (checked.plan && checked.plan.result !== "swap")
      output.ask([`the check says: ${harmless(checked.plan.reason)}`]);
    if (!(await mayGoOn(order, [checked]))) return REFUSED;
  }
  swaps.leaves(instanceId);
  try {
    const answer = await dcs.changeMasterStandbyAsync({
      instanceId,
      signal,
      onEvent: (event) => {
        if (event.type === "aborted" && event.outcome === "not_sent") swaps.settled(instanceId);
        if (event.type === "aborted" && event.outcome === "rejected") swaps.settled(instanceId);
        output.progress.event(event, "");
      },
    });
    swaps.settled(instanceId);
    const follow = typed(order, "job", answer.job_id, "--follow");
    output.result(
      answer,
      [`accepted: job ${answer.job_id}`, `follow it: ${follow}`],
      [{ head: "JOB_ID", get: ({ job_id: id }) => id }],
    );
    return DONE;
  } catch (error) {
    // Of an abort, the event has said what became of the request.
    if (!signal.aborted && !inDoubt(error)) swaps.settled(instanceId);
    throw error;
  }
}
