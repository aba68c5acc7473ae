// @ts-check
// A record as it is kept: one JSON text with the key it belongs to. What is read is checked before it is believed: a
// record that cannot be read may stand for a swap that is under way, so it is an error, never "no record".

/** @typedef {import("../../journal.js").SwitchoverRecord} SwitchoverRecord */

/** The first field of what a journal keeps, by which a foreign file is told. */
const FORMAT = "huaweicloud-dcs journal";
/** The version of a record that this package writes, and the only one that it reads. */
const VERSION = 1;
const STATES = ["sending", "accepted"];

/** What to do about a record that cannot be used, whatever is wrong with it. */
const ADVICE =
  "A switchover may be under way: look at the roles and the background tasks of the instance";

/** What a journal rejects with. */
export class JournalError extends Error {
  name = "JournalError";
}

/**
 * An error of a journal; what stands behind it is told as well.
 * @param {string} message
 * @param {unknown} [cause]
 */
export function failed(message, cause) {
  if (cause === undefined) return new JournalError(`journal: ${message}`);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new JournalError(`journal: ${message}: ${why}`, { cause });
}

/**
 * The error of a write that found another switchover's record.
 * @param {SwitchoverRecord} record
 */
export function taken(record) {
  const { instanceId, startedAt } = record;
  const message = `a switchover of ${instanceId} that began at ${startedAt} has a record already`;
  return Object.assign(failed(message), { record });
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {unknown} value */
const isText = (value) => typeof value === "string" && value !== "";

/** A date as signatures have it (`20261125T220000Z`), or with dashes and colons. */
const DATE = /^\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\d(\.\d+)?Z$/;

/** @param {unknown} value */
const isDate = (value) => typeof value === "string" && DATE.test(value);

/** @param {unknown} value */
const isNode = (value) => isObject(value) && isText(value.nodeId) && isText(value.role);

/**
 * What is wrong with a record; nothing if it can be used. Fields that are not named here are kept as they are.
 * @param {unknown} record
 */
function fault(record) {
  if (!isObject(record)) return "it is not an object";
  if (record.version !== VERSION) return `version is not ${VERSION}`;
  if (!isText(record.id)) return "id is missing";
  if (!isText(record.instanceId)) return "instanceId is missing";
  if (!isDate(record.startedAt)) return "startedAt is not a date";
  if (!STATES.includes(/** @type {string} */ (record.state))) {
    return `state is not ${STATES.map((state) => `"${state}"`).join(" or ")}`;
  }
  if (!Array.isArray(record.before) || !record.before.every(isNode)) {
    return "before is not a list of nodes with nodeId and role";
  }
  if (record.jobId !== undefined && !isText(record.jobId)) return "jobId is not a text";
  const { tasks } = record;
  if (tasks !== undefined && !(Array.isArray(tasks) && tasks.every(isText))) {
    return "tasks is not a list of ids";
  }
  return undefined;
}

/**
 * Throws unless this is a key.
 * @param {unknown} key
 */
export function checkKey(key) {
  if (!isText(key)) throw failed("key must be a text that is not empty");
}

/**
 * The text that is kept.
 * @param {string} key
 * @param {SwitchoverRecord} record
 */
export function encode(key, record) {
  checkKey(key);
  const wrong = fault(record);
  if (wrong) throw failed(`record cannot be written: ${wrong}`);
  return `${JSON.stringify({ format: FORMAT, key, record }, null, 2)}\n`;
}

/**
 * Reads what `encode` made.
 * @param {string} key
 * @param {unknown} text
 * @param {string} place Where it was found, for the message.
 * @returns {SwitchoverRecord}
 */
export function decode(key, text, place) {
  const unusable = (/** @type {string} */ why) =>
    failed(`${place} ${why}. ${ADVICE}, then delete the record`);
  let kept;
  try {
    kept = JSON.parse(String(text));
  } catch {
    // Without the parser's message, which quotes the text.
    throw unusable("is cut short, or is not JSON");
  }
  if (!isObject(kept) || kept.format !== FORMAT) throw unusable("was not written by this package");
  const { record } = kept;
  if (isObject(record) && typeof record.version === "number" && record.version > VERSION) {
    throw failed(
      `${place} was written by a newer version of huaweicloud-dcs (record version ${record.version}). ` +
        `Update this package; or, without it: ${ADVICE.toLowerCase()}, then delete the record`,
    );
  }
  if (kept.key !== key) throw unusable("belongs to another key");
  const wrong = fault(record);
  if (wrong) throw unusable(`cannot be used: ${wrong}`);
  return /** @type {SwitchoverRecord} */ (record);
}
