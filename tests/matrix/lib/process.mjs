// @ts-check
// Programs: run to their end, or kept running meanwhile.
import { spawn } from "node:child_process";

/**
 * @typedef {object} Options
 * @property {string} cwd
 * @property {Record<string, string>} [env] Beside this process's own.
 * @property {number} [timeoutMs]
 */

/** Tools must not call home, colour their output, or look for newer versions. */
const QUIET = {
  NO_COLOR: "1",
  FORCE_COLOR: "0",
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
  DENO_NO_UPDATE_CHECK: "1",
  DO_NOT_TRACK: "1",
};

/** @param {Options["env"]} env */
function environment(env) {
  /** @type {NodeJS.ProcessEnv} */
  const all = { ...process.env, ...QUIET, ...env };
  // Node complains of the two together.
  delete all.FORCE_COLOR;
  return all;
}

/** @param {string} text */
export const tail = (text) => text.trim().split("\n").slice(-30).join("\n");

/**
 * Runs a program to its end.
 * @param {string} program @param {string[]} args @param {Options} options
 * @returns {Promise<{ stdout: string, stderr: string }>}
 */
export function run(program, args, { cwd, env, timeoutMs = 180_000 }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: environment(env),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve({ stdout, stderr });
      const how = signal ? `was ended by ${signal} after ${timeoutMs} ms` : `exited with ${code}`;
      // What is in JSON holds a secret key.
      const shown = args.filter((arg) => !arg.startsWith("{")).join(" ");
      reject(new Error(`${program} ${shown} ${how}\n${tail(stdout + stderr)}`));
    });
  });
}

/**
 * Starts a server and waits for the line that tells its URL.
 * @param {string} program @param {string[]} args @param {Options & { ready: RegExp }} options
 * @returns {Promise<{ url: string, stop: () => Promise<void>, output: () => string }>}
 */
function serve(program, args, { cwd, env, ready, timeoutMs = 60_000 }) {
  // A group of its own, so that what it starts ends with it.
  const child = spawn(program, args, {
    cwd,
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGTERM");
    const late = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), 5000);
    await ended;
    clearTimeout(late);
  };
  let output = "";
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      void stop();
      reject(new Error(`${program} was not ready after ${timeoutMs} ms\n${tail(output)}`));
    }, timeoutMs);
    const look = (/** @type {string} */ text) => {
      output += text;
      const url = ready.exec(output)?.[1];
      if (!url) return;
      clearTimeout(late);
      resolve({ url, stop, output: () => output });
    };
    child.stdout.setEncoding("utf8").on("data", look);
    child.stderr.setEncoding("utf8").on("data", look);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(late);
      reject(new Error(`${program} exited with ${code}\n${tail(output)}`));
    });
  });
}

/**
 * Starts a server, uses it, and stops it; what it printed stands in the error.
 * @param {string} program @param {string[]} args @param {Parameters<typeof serve>[2]} options
 * @param {(url: string) => Promise<unknown>} use
 */
export async function whileServed(program, args, options, use) {
  const server = await serve(program, args, options);
  try {
    await use(server.url);
  } catch (error) {
    const said = error instanceof Error ? error.message : error;
    throw new Error(`${said}\n${server.output()}`, { cause: error });
  } finally {
    await server.stop();
  }
}
