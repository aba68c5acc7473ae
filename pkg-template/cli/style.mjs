// @ts-check
// How text looks on a terminal: colour, width, and what must not reach it.

import { styleText } from "node:util";
import stringWidth from "string-width";

/** @typedef {Parameters<typeof styleText>[0]} Style */

/**
 * Whether a stream shows colour: a terminal that can, unless NO_COLOR says otherwise (https://no-color.org).
 * @param {NodeJS.WriteStream} stream
 */
export const hasColour = (stream) =>
  stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";

/**
 * @param {boolean} colour @param {Style} style @param {string} text
 */
export const styled = (colour, style, text) =>
  // The stream was asked by `hasColour`; by default styleText asks standard output, whichever stream is meant.
  colour ? styleText(style, text, .../** @type {any} */ ([{ validateStream: false }])) : text;

/**
 * Names and reasons come from the service, where others may have written them: a terminal must not obey them.
 * @param {string} text
 */
export const harmless = (text) =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (char) =>
    char === "\n" ? " " : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** Columns that a text takes: Chinese characters take two. @param {string} text */
export const width = (text) => stringWidth(text);

/**
 * A text of at most so many columns.
 * @param {string} text @param {number} columns
 */
export function cut(text, columns) {
  if (width(text) <= columns) return text;
  let taken = "";
  for (const char of text) {
    if (width(taken + char) > columns - 1) break;
    taken += char;
  }
  return `${taken}…`;
}
