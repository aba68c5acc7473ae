// @ts-check
// A request that shows a token.

import { failed } from "./failure.mjs";
import { checkToken, readToken } from "./file.mjs";
import { refusal } from "./http.mjs";

/** @typedef {import("./http.mjs").Answer} Answer */
/** @typedef {{ token: string | (() => string | Promise<string>), from: string }} Given */

/** So often a token is shown that the platform replaced while it was on its way. */
const SHOWN = 3;

/**
 * Asks with the token of a file, or with one that is given. When a token of a file is refused that was replaced meanwhile, the
 * new one is shown: the file was read just before the platform wrote it.
 * @param {string} who
 * @param {string | Given} source
 * @param {(token: string) => Promise<Answer>} request
 * @returns {Promise<Answer>}
 */
export async function withToken(who, source, request) {
  const isFile = typeof source === "string";
  let token = isFile ? await readToken(who, source) : await given(who, source);
  let answer = await request(token);
  for (let shown = 1; isFile && shown < SHOWN && [401, 403].includes(answer.status); shown++) {
    const next = await readToken(who, source);
    if (next === token) break;
    answer = await request((token = next));
  }
  if (answer.status < 200 || answer.status > 299) {
    const shown = isFile ? source : source.from;
    throw failed(`${who}: ${refusal(answer, token)}; asked with the token of ${shown}`);
  }
  return answer;
}

/**
 * @param {string} who
 * @param {Given} source
 */
async function given(who, { token, from }) {
  let text;
  try {
    text = typeof token === "function" ? await token() : token;
  } catch (cause) {
    throw failed(`${who}: ${from} gave no token`, cause);
  }
  if (typeof text !== "string" || text.trim() === "") throw failed(`${who}: ${from} gave no token`);
  return checkToken(who, text.trim(), from);
}
