// @ts-check
// The official Python core, in a virtual environment of its own.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The Python of a virtual environment that holds the official core; made once for each list of requirements. */
export function python() {
  const folder = join(here, "../../target/differential");
  const program = join(folder, "bin/python");
  const requirements = join(here, "requirements.txt");
  const mark = join(folder, "installed.txt");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return program;
  console.log(`installing ${wanted.trim()}`);
  rmSync(folder, { recursive: true, force: true });
  for (const [command, ...args] of [
    ["python3", "-m", "venv", folder],
    [program, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
  ]) {
    const { status } = spawnSync(String(command), args, { stdio: "inherit" });
    if (status !== 0) throw new Error(`${command} failed`);
  }
  writeFileSync(mark, wanted);
  return program;
}
