#!/usr/bin/env node
// @ts-check
// The command `huaweicloud-dcs`, for Node. The build bundles it with what it imports, so that the package keeps to no
// dependency at run time; the client stays outside, shared with whatever else the process loads.

import { main } from "./cli/main.mjs";

process.exitCode = await main(process.argv.slice(2));
