// @ts-check
// Test runners: what a user's own tests import the package in.
import { renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { newConfig, verify } from "../lib/emulator.mjs";
import { run } from "../lib/process.mjs";

/** @typedef {import("../run.mjs").Case} Case */
/** @typedef {import("../lib/workshop.mjs").Workshop} Workshop */

/**
 * Runs tests that are told of `config`; what the package prints would stand in the runner's output.
 * @param {string} program @param {string[]} args @param {string} cwd @param {unknown} config
 */
async function runTests(program, args, cwd, config) {
  const env = { MATRIX_CONFIG: JSON.stringify(config) };
  const { stdout, stderr } = await run(program, args, { cwd, env });
  const output = stdout + stderr;
  if (!/\b[1-9]\d* passed\b/.test(output)) throw new Error(`no test ran: ${output}`);
  if (/console\.\w+\n|std(out|err) \|/.test(output)) throw new Error(`more was printed: ${output}`);
}

const VITEST = ["runners/vitest", "app/probe.js"];

/** Where Vitest finds the package. @type {Record<string, (shop: Workshop) => Promise<string>>} */
const vitestProject = {
  installed: (shop) => shop.project("vitest", { from: VITEST }),
  // Vitest transforms what is outside node_modules, and what it is told to.
  linked: (shop) =>
    shop.project("vitest-linked", {
      from: VITEST,
      build: async (cwd) => {
        renameSync(join(cwd, "node_modules/huaweicloud-dcs"), join(cwd, "package"));
        symlinkSync("../package", join(cwd, "node_modules/huaweicloud-dcs"));
      },
    }),
  inlined: (shop) =>
    shop.project("vitest-inlined", {
      from: VITEST,
      files: {
        "vitest.config.js":
          'export default { test: { server: { deps: { inline: ["huaweicloud-dcs"] } } } };\n',
      },
    }),
};

/** @type {(environment: string, how?: string) => (shop: Workshop) => Promise<void>} */
const vitest =
  (environment, how = "installed") =>
  async (shop) => {
    const cwd = await /** @type {any} */ (vitestProject)[how](shop);
    const config = await newConfig();
    await runTests(shop.tool("vitest"), ["run", `--environment=${environment}`], cwd, config);
    await verify(config, { job: "SUCCESS", signed: 200 });
  };

/** @param {Workshop} shop */
const jestProject = (shop) =>
  shop.project("jest", {
    from: ["runners/jest", "app/probe.js"],
    files: { "jest.config.json": JSON.stringify({ testMatch: ["**/*.test.cjs"] }) },
    build: (cwd) =>
      run(shop.tool("esbuild"), ["probe.js", "--format=cjs", "--outfile=probe.cjs"], { cwd }),
  });

/** @type {(environment: string, file?: string) => (shop: Workshop) => Promise<void>} */
const jest =
  (environment, file = "package.test.cjs") =>
  async (shop) => {
    const cwd = await jestProject(shop);
    const config = await newConfig();
    const args = [`--env=${environment}`, file];
    await runTests(shop.tool("jest"), args, cwd, config);
    await verify(config, { job: "SUCCESS", signed: 200 });
  };

/** @param {Workshop} shop */
async function bareJsdom(shop) {
  const cwd = await jestProject(shop);
  const { signRequest } = await import(
    pathToFileURL(join(cwd, "node_modules/huaweicloud-dcs/node.mjs")).href
  );
  const { credentials } = await newConfig();
  const request = {
    method: "GET",
    url: "https://dcs.cn-north-4.myhuaweicloud.com/v2/x",
    date: "20260102T030405Z",
    credentials,
  };
  const authorization = signRequest(request).headers.Authorization;
  const config = { request, authorization };
  await runTests(shop.tool("jest"), ["--env=jsdom", "bare.test.cjs"], cwd, config);
}

/** @type {Case[]} */
export const CASES = [
  {
    name: "Vitest",
    tool: "vitest",
    how: "as in Node",
    checks: {
      "environment node": vitest("node"),
      "environment jsdom": vitest("jsdom"),
      "environment happy-dom": vitest("happy-dom"),
      "linked, environment jsdom": vitest("jsdom", "linked"),
      "linked, environment happy-dom": vitest("happy-dom", "linked"),
      "inlined, environment jsdom": vitest("jsdom", "inlined"),
      "inlined, environment happy-dom": vitest("happy-dom", "inlined"),
    },
  },
  {
    name: "Jest",
    tool: "jest",
    how: "as in Node",
    checks: {
      "environment node": jest("node"),
      "environment jest-fixed-jsdom": jest("jest-fixed-jsdom"),
      "environment node, fake timers": jest("node", "timers.test.cjs"),
      "environment jsdom, which has no fetch: import, sign": bareJsdom,
    },
  },
];
