// @ts-check
// Writes the tables of error codes into docs/troubleshooting.md.

import { readFileSync, writeFileSync } from "node:fs";
import { PAPER, written } from "./support/codes.mjs";

writeFileSync(PAPER, written(readFileSync(PAPER, "utf8")));
