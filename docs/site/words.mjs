// @ts-check
// How text is cut into words for the search: the same when the index is made and when it is asked.

import MiniSearch from "minisearch";

const CHINESE = /[\u3400-\u9fff]+/g;

/**
 * Words of letters and digits, and of names their parts as well; Chinese in pairs of characters, because it has no
 * spaces.
 * @param {string} text
 */
export function tokenize(text) {
  const words = text.replace(CHINESE, " ").match(/[\p{L}\p{N}_]+(?:[.\-/][\p{L}\p{N}_]+)*/gu) ?? [];
  const parts = words.flatMap((word) => word.split(/[.\-/_]|(?<=[a-z])(?=[A-Z])/));
  const pairs = (text.match(CHINESE) ?? []).flatMap((run) =>
    run.length === 1 ? [run] : Array.from(run.slice(1), (_, at) => run.slice(at, at + 2)),
  );
  return [...new Set([...words, ...parts, ...pairs])].filter((word) => word !== "");
}

/** What an index is made with, and read with. */
export const OPTIONS = {
  fields: ["heading", "title", "text"],
  storeFields: ["heading", "title", "address", "language", "text"],
  tokenize,
  searchOptions: {
    boost: { heading: 4, title: 2 },
    prefix: (/** @type {string} */ term) => !/^[\u3400-\u9fff]/.test(term),
    fuzzy: (/** @type {string} */ term) => (/^[a-z]{5,}$/i.test(term) ? 0.2 : false),
    combineWith: /** @type {const} */ ("AND"),
  },
};

export { MiniSearch };
