// @ts-check
// The emulator of the package, `huaweicloud-dcs/emulator`, in what people run their tests with.
import { renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { visit } from "../lib/browser.mjs";
import { run } from "../lib/process.mjs";
import { policy, serveFolder } from "../lib/serve.mjs";
import { bunProgram, nodeProgram } from "../lib/workshop.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

const FROM = ["emulator", "process/watch.cjs"];

/** @param {Workshop} shop */
const project = (shop) => shop.project("emulator", { from: FROM });

/** Throws unless one swap ran whose answer was lost, and nothing went to the network. @param {any} result */
function check({ requests = 0, ...result }) {
  const said = JSON.stringify({ requests, ...result });
  const { result: end, verified, instances, swapsRun } = result;
  if (end !== "swapped" || verified !== true || instances !== 3 || swapsRun !== 1)
    throw new Error(`the switchover ended otherwise: ${said}`);
  if (requests !== 0) throw new Error(`${requests} requests went to the network`);
}

/** @type {(program: (shop: Workshop) => string, args: string[]) => (shop: Workshop) => Promise<void>} */
const process = (program, args) => async (shop) => {
  const { stdout, stderr } = await run(program(shop), args, { cwd: await project(shop) });
  if (stderr !== "") throw new Error(`more was printed: ${stderr}`);
  check(JSON.parse(stdout));
};

/** @type {(how: "installed" | "linked") => (shop: Workshop) => Promise<void>} */
const vitest = (how) => async (shop) => {
  // Vitest transforms what is outside node_modules.
  const link = async (/** @type {string} */ cwd) => {
    renameSync(join(cwd, "node_modules/huaweicloud-dcs"), join(cwd, "package"));
    symlinkSync("../package", join(cwd, "node_modules/huaweicloud-dcs"));
  };
  const build = how === "linked" ? link : undefined;
  const cwd = await shop.project(`emulator-vitest-${how}`, { from: FROM, build });
  const { stdout } = await run(shop.tool("vitest"), ["run", "--environment=jsdom"], { cwd });
  if (!/\b1 passed\b/.test(stdout)) throw new Error(`no test ran: ${stdout}`);
};

/** @type {Case} */
const emulator = {
  name: "`huaweicloud-dcs/emulator`",
  how: "the file is read when it is first needed; a page fetches it. Nothing goes to the network",
  checks: {
    "Node, ES module": process(() => nodeProgram(22), ["--require", "./watch.cjs", "main.mjs"]),
    "Node 20.16, CommonJS": process(
      () => nodeProgram(20.16),
      ["--require", "./watch.cjs", "main.cjs"],
    ),
    "Deno, no permission but to read": process(
      (shop) => shop.tool("deno"),
      ["run", "--no-prompt", "--allow-read=.", "main.mjs"],
    ),
    "Bun, ES module": process(() => bunProgram(), ["--preload", "./watch.cjs", "main.mjs"]),
    "Bun, CommonJS": process(() => bunProgram(), ["--preload", "./watch.cjs", "main.cjs"]),
    "Vitest, environment jsdom": vitest("installed"),
    "Vitest, linked, environment jsdom": vitest("linked"),
    "a page in Chromium": async (shop) => {
      // The page may fetch from its own server, and from nowhere else.
      const csp = policy().replace(/connect-src [^;]+/, "connect-src 'self'");
      const server = await serveFolder(await project(shop), { csp });
      try {
        const { results, printed } = await visit(shop, `${server.url}/`);
        check(results);
        if (printed.length > 0) throw new Error(`the page printed: ${printed.join("\n")}`);
      } finally {
        await server.stop();
      }
    },
  },
};

export const CASES = [emulator];
