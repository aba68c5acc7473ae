// @ts-check
// The instances that a command is about: by id, by name, or all of them.

import { UsageError } from "./exit.mjs";
import { harmless } from "./style.mjs";

/** @typedef {import("./main.mjs").Order} Order */
/** @typedef {import("huaweicloud-dcs").DcsClient} DcsClient */
/** @typedef {import("huaweicloud-dcs").InstanceInfo} InstanceInfo */
/** @typedef {{ instanceId: string, name?: string }} Target */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** How a target is called in what is printed. @param {Target} target */
export const label = ({ instanceId, name }) =>
  name ? `${harmless(name)} (${instanceId})` : instanceId;

/**
 * A target with its name, which whoever is asked knows it by. Without it where it cannot be read: what is wrong, the check says.
 * @param {Order} order @param {DcsClient} dcs @param {Target} target
 * @returns {Promise<Target>}
 */
export async function withName({ signal }, dcs, target) {
  const { instanceId } = target;
  if (target.name) return target;
  try {
    const { name } = await dcs.showInstance({ instanceId, signal });
    return name ? { instanceId, name } : target;
  } catch (error) {
    if (signal.aborted) throw error;
    return target;
  }
}

/**
 * One instance, by id or by name.
 * @param {Order} order @param {DcsClient} dcs @param {string} word
 * @returns {Promise<Target>}
 */
export async function findOne(order, dcs, word) {
  // As reports and journals have it.
  if (UUID.test(word)) return { instanceId: word.toLowerCase() };
  if (word === "") throw new UsageError("the id or name of an instance must not be empty");
  const similar = await list(order, dcs, { name: word });
  const exact = similar.filter(({ name }) => name === word);
  const [found] = exact;
  if (found && exact.length === 1) return target(found);
  const candidates = (exact.length > 0 ? exact : similar)
    .map(({ instance_id: id, name = "" }) => `\n  ${id}  ${name}`)
    .join("");
  if (exact.length > 1)
    throw new UsageError(
      `several instances are called "${word}"; give the id of one:${candidates}`,
    );
  throw new UsageError(
    `no instance is called "${word}"` +
      (candidates
        ? `; names like it:${candidates}`
        : ", and none has a name like it: huaweicloud-dcs instances lists them"),
  );
}

/**
 * The instances that are named on the command line, or chosen by --all and --name.
 * @param {Order} order @param {DcsClient} dcs
 * @returns {Promise<Target[]>}
 */
export async function findAll(order, dcs) {
  const { args, options, output } = order;
  const { all = false, name } = options;
  if (args.length > 0) {
    if (all || name !== undefined)
      throw new UsageError("either instances are named, or chosen by --all or --name");
    /** @type {Target[]} */
    const targets = [];
    for (const word of args) targets.push(await findOne(order, dcs, word));
    const ids = targets.map(({ instanceId }) => instanceId.toLowerCase());
    const twice = targets.find((_, at) => ids.indexOf(ids[at] ?? "") !== at);
    if (twice) throw new UsageError(`${label(twice)} is given twice`);
    return targets;
  }
  if (!all && name === undefined)
    throw new UsageError("an INSTANCE is missing: give ids or names, or --all, or --name TEXT");
  const found = await list(order, dcs, { name });
  const able = found.filter(isPair);
  if (able.length < found.length) {
    const others = found.length - able.length;
    output.note(
      `left out: ${others} that ${others === 1 ? "is" : "are"} not master/standby or read/write splitting`,
    );
  }
  if (able.length === 0) throw new UsageError("no master/standby instance was found");
  return able.map(target);
}

/**
 * @param {Order} order @param {DcsClient} dcs
 * @param {import("huaweicloud-dcs").ListInstancesOptions} filter
 */
export async function list({ signal }, dcs, filter) {
  /** @type {InstanceInfo[]} */
  const found = [];
  for await (const one of dcs.iterateInstances({ ...filter, limit: 1000, signal })) found.push(one);
  return found;
}

/** @param {InstanceInfo} instance @returns {Target} */
const target = ({ instance_id: instanceId, name }) => ({ instanceId, ...(name && { name }) });

/**
 * The mode of an instance; a list tells it only in the specification's code (`redis.ha.xu1.large.r2.1`).
 * @param {InstanceInfo} instance
 */
export const modeOf = ({ cache_mode: mode, spec_code: spec }) => mode ?? spec?.split(".")[1] ?? "";

/** Whether it has a master and standbys to switch; where its mode is not told, the check finds out. @param {InstanceInfo} instance */
const isPair = (instance) => ["", "ha", "ha_rw_split", "rw"].includes(modeOf(instance));
