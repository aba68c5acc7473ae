// @ts-check
// Writes the tables of error codes into docs/troubleshooting.md and its translation.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PAPERS, written } from "./support/codes.mjs";
import { ROOT } from "./support/files.mjs";

for (const name of Object.keys(PAPERS)) writeFileSync(join(ROOT, name), written(name));
