// @ts-check
// Builds the emulator for this process and for pages into target/emulator: the module, its glue and these files.
// `--release` makes it small.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const here = fileURLToPath(new URL("./", import.meta.url));
const built = process.env.CARGO_TARGET_DIR ?? join(root, "target");
export const OUT = join(root, "target/emulator");

const TARGET = "wasm32-unknown-unknown";
const release = process.argv.includes("--release");

const run = (/** @type {string} */ program, /** @type {string[]} */ args) =>
  execFileSync(program, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });

run("cargo", [
  ...["build", "--quiet", "--package", "dcs-emulator-wasm", "--target", TARGET],
  ...(release ? ["--release"] : []),
]);
mkdirSync(OUT, { recursive: true });
run(join(root, "target/tools/bin/wasm-bindgen"), [
  ...["--target", "web", "--out-dir", OUT, "--out-name", "core"],
  join(built, TARGET, release ? "release" : "debug", "dcs_emulator_wasm.wasm"),
]);
for (const name of readdirSync(here)) {
  const ships = /\.(mjs|d\.ts)$/.test(name) && !/^build\.|\.test\./.test(name);
  if (ships) copyFileSync(join(here, name), join(OUT, name));
}
