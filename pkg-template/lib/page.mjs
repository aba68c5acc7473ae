// @ts-check
// The entry `huaweicloud-dcs/page`: the client alone, in a wasm module without a signer.

export * from "../../src/js/errors.js";
export { DcsClient } from "./dcs-client.mjs";
export { init, loadFrom } from "./load.mjs";
