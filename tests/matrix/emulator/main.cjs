// @ts-check
// In a process, as CommonJS: prints one line of JSON.
"use strict";

const dcs = require("huaweicloud-dcs");
const emulator = require("huaweicloud-dcs/emulator");

void import("./play.js").then(async ({ play }) => {
  const result = await play(emulator, dcs);
  console.log(JSON.stringify({ ...result, requests: globalThis.watched?.requests ?? 0 }));
});
