// @ts-check
// Plain values on their way into wasm: packed in one string, which `Json::unpack` of src/json.rs reads and describes.

/**
 * What cannot cross as it is, NUL and halves of surrogate pairs, as a control character: options with one are refused.
 * @param {string} text
 */
const plainText = (text) => text.replace(/[\0\ud800-\udfff]/gu, "\x7f");

/**
 * Adds the tokens of a value.
 * @param {any} value
 * @param {number} depth How many levels may still follow.
 * @param {string[]} tokens
 * @param {string[]} [only]
 */
function addTokens(value, depth, tokens, only) {
  if (typeof value === "string") tokens.push(`s${plainText(value)}`);
  else if (typeof value === "number") tokens.push(Number.isSafeInteger(value) ? `i${value}` : "f");
  else if (typeof value === "boolean") tokens.push(value ? "t" : "u");
  else if (value == null) tokens.push("n");
  else if (typeof value !== "object") tokens.push("x");
  else if (depth === 0) throw new RangeError("nests too deeply");
  else if (Array.isArray(value)) {
    tokens.push("[");
    for (const item of value) addTokens(item, depth - 1, tokens, only);
    tokens.push("]");
  } else {
    tokens.push("{");
    for (const name of only ?? Object.keys(value)) {
      const member = Object.hasOwn(value, name) ? value[name] : undefined;
      if (member === undefined) continue;
      tokens.push(`:${plainText(name)}`);
      addTokens(member, depth - 1, tokens, only);
    }
    tokens.push("}");
  }
}

/**
 * Packs a value. Throws when it nests more deeply than that, or a getter or proxy throws.
 * @param {unknown} value
 * @param {number} depth
 * @param {string[]} [only] The names of the members that are packed, at whatever level; without it all are.
 */
export function pack(value, depth, only) {
  /** @type {string[]} */
  const tokens = [];
  addTokens(value, depth, tokens, only);
  return tokens.join("\0");
}

/**
 * Packs a member of an object; the object is `{`, its members and `}`, joined by NUL.
 * @param {string} name
 * @param {unknown} value
 * @param {number} depth
 */
export const packMember = (name, value, depth) => `:${plainText(name)}\0${pack(value, depth)}`;
