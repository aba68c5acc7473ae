// @ts-check
// That one console runs in a folder of state: a file says which, and whoever starts asks it whether it still does.

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { UsageError } from "../exit.mjs";

/** @typedef {{ id: string, pid: number, url: string, startedAt: string }} Running */

/** A console runs in this folder already. */
export class RunsAlready extends Error {
  /** @param {Running} running */
  constructor({ pid, url, startedAt }) {
    super(`a console is running already: process ${pid}, since ${startedAt}, at ${url}`);
  }
}

/**
 * Where the command keeps what outlives it: the same folder wherever it is started, or it would not find its own records.
 * The XDG specification has empty and relative paths ignored.
 * @param {NodeJS.ProcessEnv} env
 */
export function stateFolder(env) {
  const { HUAWEICLOUD_DCS_STATE: own, XDG_STATE_HOME: xdg, LOCALAPPDATA: local } = env;
  if (own && !isAbsolute(own))
    throw new UsageError("HUAWEICLOUD_DCS_STATE must be an absolute path. Nothing was sent");
  if (own) return own;
  const home = join(homedir(), ".local", "state");
  const base = [xdg, process.platform === "win32" ? local : undefined, home].find(
    (path) => path && isAbsolute(path),
  );
  if (base) return join(base, "huaweicloud-dcs");
  throw new UsageError(
    "the home folder cannot be found, below which the command keeps its records: set HOME, XDG_STATE_HOME or " +
      "HUAWEICLOUD_DCS_STATE to an absolute path. Nothing was sent",
  );
}

/**
 * Enters a console; what it gives leaves again. Rejects with {@link RunsAlready}.
 * @param {string} folder
 * @param {Running} running
 */
export async function enter(folder, running) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "console.json");
  const written = join(folder, `console.${running.id}.json`);
  writeFileSync(written, JSON.stringify(running), { flag: "wx", mode: 0o600 });
  try {
    for (let turn = 0; ; turn++) {
      try {
        // Fails when it is there: two that start at once do not both enter. Whoever reads it finds all of its text.
        linkSync(written, file);
        return () => leave(file, running.id);
      } catch (error) {
        if (turn === 3 || /** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST")
          throw error;
      }
      const other = read(file);
      if (other && (await answers(other))) throw new RunsAlready(other);
      // One that died: its place is free, unless another has taken it while this one waited for an answer.
      leave(file, other?.id);
    }
  } finally {
    rmSync(written, { force: true });
  }
}

/** @param {string} file @returns {Running | undefined} */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // no text of a console, or gone
  }
}

/** Takes the file away, if it is still that of this console. @param {string} file @param {string | undefined} id */
function leave(file, id) {
  if (read(file)?.id === id) rmSync(file, { force: true });
}

/** Whether that console, and no other process at its port, is there. @param {Running} other */
async function answers({ id, url }) {
  try {
    const { origin } = new URL(url);
    const signal = AbortSignal.timeout(2000);
    return (await fetch(`${origin}/running/${id}`, { signal, redirect: "error" })).status === 204;
  } catch {
    return false;
  }
}
