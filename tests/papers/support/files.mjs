// @ts-check
// The files of the project: what is in git, and what will be.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** @param {string[]} patterns Of git. */
export function files(patterns) {
  const args = ["ls-files", "-co", "--exclude-standard", "--deduplicate", ...patterns];
  const names = execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\n");
  return names.filter((name) => name && existsSync(join(ROOT, name)));
}
