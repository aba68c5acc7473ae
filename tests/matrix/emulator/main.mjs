// @ts-check
// In a process, as an ES module: prints one line of JSON.
import * as dcs from "huaweicloud-dcs";
import * as emulator from "huaweicloud-dcs/emulator";
import { play } from "./play.js";

const result = await play(emulator, dcs);
console.log(JSON.stringify({ ...result, requests: globalThis.watched?.requests ?? 0 }));
