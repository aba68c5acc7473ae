// @ts-check
// The runtimes of the matrix, as npm's packages bring them, and how each is told to run a file.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { WORK, installTools, nodeProgram } from "../matrix/lib/workshop.mjs";

/** @typedef {{ name: string, program: string, flags: string[] }} Runtime */

/** Bun's own package installs it by a script; the binary is there without. */
function bunProgram() {
  const scope = join(WORK, "node_modules/@oven");
  const usual = `bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
  if (!readdirSync(scope).includes(usual)) throw new Error(`npm has not installed @oven/${usual}`);
  return join(scope, usual, "bin/bun");
}

/** Deno's own package starts the program as a child, which lives on when its parent is killed. */
function denoProgram() {
  const scope = join(WORK, "node_modules/@deno");
  const usual = readdirSync(scope).find((name) => name.startsWith(process.platform));
  if (!usual) throw new Error(`npm has not installed Deno's program for ${process.platform}`);
  return join(scope, usual, "deno");
}

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
