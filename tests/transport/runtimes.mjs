// @ts-check
// The runtimes of the matrix, as npm's packages bring them, and how each is told to run a file.
import { bunProgram, denoProgram, installTools, nodeProgram } from "../matrix/lib/workshop.mjs";

/** @typedef {{ name: string, program: string, flags: string[] }} Runtime */

/** The one that runs this: no version of the matrix, but the one that is installed. @type {Runtime} */
export const HERE = { name: `Node ${process.version}`, program: process.execPath, flags: [] };

/**
 * All of them, installed if they are not.
 * @returns {Promise<Record<"node20" | "node22" | "node24" | "bun" | "bunHttp2" | "deno", Runtime>>}
 */
export async function runtimes() {
  await installTools();
  const node = (/** @type {number} */ major) => ({
    name: `Node ${major}`,
    program: nodeProgram(major),
    flags: [],
  });
  return {
    node20: node(20),
    node22: node(22),
    node24: node(24),
    bun: { name: "Bun", program: bunProgram(), flags: ["run"] },
    // It offers HTTP/2 only if told to.
    bunHttp2: {
      name: "Bun with HTTP/2",
      program: bunProgram(),
      flags: ["--experimental-http2-fetch", "run"],
    },
    deno: {
      name: "Deno",
      program: denoProgram(),
      flags: ["run", "--no-prompt", "--allow-all", "--no-config", "--no-lock"],
    },
  };
}

/** For tests of what a user allows: Deno with these permissions only. @param {Runtime} deno @param {string[]} allowed */
export const allowing = (deno, ...allowed) => ({
  ...deno,
  flags: [...deno.flags.filter((flag) => flag !== "--allow-all"), ...allowed],
});
