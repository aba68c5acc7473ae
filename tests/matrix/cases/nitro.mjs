// @ts-check
// Nitro, the server of Nuxt: what it builds holds copies of the files that it takes for those Node will ask for.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { useRoute } from "../lib/emulator.mjs";
import { run, whileServed } from "../lib/process.mjs";
import { WORK, nodeProgram } from "../lib/workshop.mjs";

/** @typedef {import("../run.mjs").Case} Case */

/** @param {import("../lib/workshop.mjs").Workshop} shop */
async function route(shop) {
  const folder = await shop.project("nitro", {
    from: ["projects/nitro", "app/probe.js"],
    build: (cwd) => run(shop.tool("nitro"), ["build"], { cwd }),
  });
  // Alone: the project, whose node_modules hold all of the package, is not above it.
  const alone = join(WORK, "nitro-alone");
  rmSync(alone, { recursive: true, force: true });
  cpSync(join(folder, ".output"), alone, { recursive: true });
  const options = {
    cwd: alone,
    env: { HOST: "127.0.0.1", PORT: "0" },
    ready: /Listening on (http:\S+)/,
  };
  await whileServed(nodeProgram(22), ["server/index.mjs"], options, (url) =>
    useRoute(`${url}/use`),
  );
}

/** @type {Case[]} */
export const CASES = [
  {
    name: "Nitro, the server of Nuxt",
    tool: "nitropack",
    how: "the file is copied beside the server, and read when it is first needed",
    checks: { route },
  },
];
