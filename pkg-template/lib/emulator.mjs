// @ts-check
// The entry `huaweicloud-dcs/emulator`: a local DCS, in a wasm module of its own. Only the project's tests use `startCore`.

export { createEmulator } from "../../emulator/js/index.mjs";
export { loadFrom, startCore } from "../../emulator/js/core-loader.mjs";
