// @ts-check
// The regions file of the official cores: endpoints of regions, by service.

import { loadAll } from "js-yaml";
import { failed } from "./failure.mjs";
import { readText } from "./file.mjs";

const WHO = "regions file";

/** @param {unknown} value */
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * The endpoints of DCS in a region, as the file has them; undefined when it does not name the region. The last entry of a
 * region counts, and a single `endpoint` comes after the list `endpoints`, as in the official core.
 * @param {string} file
 * @param {string} region
 * @returns {Promise<string[] | undefined>}
 */
export async function endpointsIn(file, region) {
  const wrong = (/** @type {string} */ why) => failed(`${WHO}: ${file} ${why}`);
  const text = await readText(WHO, file);
  let documents;
  try {
    documents = loadAll(text);
  } catch (cause) {
    const { mark } = /** @type {{ mark?: { line: number } }} */ (cause);
    throw wrong(`is no YAML${mark ? `: see line ${mark.line + 1}` : ""}`);
  }
  if (documents.length > 1) throw wrong("holds more than one document");
  const [services] = documents;
  if (services == null) return undefined;
  if (!isObject(services)) throw wrong("must name services, for example DCS, each with a list");
  let found;
  for (const [service, list] of Object.entries(/** @type {Record<string, unknown>} */ (services))) {
    if (service.toUpperCase() !== "DCS") continue;
    if (!Array.isArray(list)) throw wrong(`must have a list of regions under ${service}`);
    for (const entry of list) {
      if (!isObject(entry) || entry.id !== region) continue;
      const { endpoint, endpoints = [] } = entry;
      const all = [...(Array.isArray(endpoints) ? endpoints : [endpoints]), endpoint].filter(
        (each) => each != null && each !== "",
      );
      if (all.some((each) => typeof each !== "string"))
        throw wrong(`has an endpoint of ${region} that is no text`);
      if (all.length > 0) found = all;
    }
  }
  return found;
}
