// @ts-check
// Writes the table of sizes into both READMEs. Run after `cargo xtask size --write`.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HEADS, written } from "./support/sizes.mjs";
import { ROOT } from "./support/world.mjs";

for (const [name, head] of Object.entries(HEADS)) {
  const path = join(ROOT, name);
  writeFileSync(path, written(readFileSync(path, "utf8"), head));
}
