// @ts-check
// Colours, a line of progress and a question: on a terminal only.
import { createInterface } from "node:readline/promises";

const tty = process.stdout.isTTY === true;
const coloured = tty && !process.env.NO_COLOR && process.env.TERM !== "dumb";

/** @param {number} code */
const paint = (code) => (/** @type {string} */ text) =>
  coloured ? `\u001b[${code}m${text}\u001b[0m` : text;

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);
export const cyan = paint(36);

/** Prints a line, in place of a line of progress if there is one. */
export function say(text = "") {
  if (tty) process.stdout.write("\r\u001b[K");
  console.log(text);
}

/**
 * A line that is written anew until the returned function is called; nothing where there is no terminal.
 * @param {(elapsedSeconds: number) => string} text
 */
export function progress(text) {
  if (!tty) return () => {};
  const start = performance.now();
  const marks = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇"];
  let turn = 0;
  const timer = setInterval(() => {
    const line = text((performance.now() - start) / 1000);
    process.stdout.write(`\r\u001b[K   ${marks[turn++ % marks.length]} ${line}`);
  }, 100);
  return () => {
    clearInterval(timer);
    process.stdout.write("\r\u001b[K");
  };
}

/** Whether there is somebody to ask. */
export const canAsk = () => tty && process.stdin.isTTY === true;

/**
 * Asks for a yes.
 * @param {string} question
 */
export async function confirm(question) {
  const asker = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await asker.question(`${question} (y/N) `)).trim());
  } finally {
    asker.close();
  }
}
