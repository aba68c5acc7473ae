// @ts-check
// In a page without a bundler: `globalThis.results` is what came of it.
import * as dcs from "./node_modules/huaweicloud-dcs/browser.mjs";
import * as emulator from "./node_modules/huaweicloud-dcs/emulator.mjs";
import { play } from "./play.js";

const results = await play(emulator, dcs).catch((error) => ({ error: String(error) }));
Object.assign(globalThis, { results });
