#!/usr/bin/env node
// @ts-check
// The command `huaweicloud-dcs`, for Node. It adds no dependency: arguments are read by Node's own `util.parseArgs`.

import { main } from "./cli/main.mjs";

process.exitCode = await main(process.argv.slice(2));
