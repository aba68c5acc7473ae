// @ts-check
// Installs what the tests of the papers use, then runs them; arguments name the files to run, all when left out.
// Started by `cargo xtask test --only papers`.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installTools } from "./support/world.mjs";

installTools();
const folder = fileURLToPath(new URL(".", import.meta.url));
const given = process.argv.slice(2);
const files =
  given.length > 0
    ? given
    : readdirSync(folder)
        .filter((name) => name.endsWith(".test.mjs"))
        .map((name) => join(folder, name));
const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...files], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
