// @ts-check
// The entry `huaweicloud-dcs/signer`: signing only, in a wasm module of its own.

export * from "./sign.mjs";
export { init, loadFrom } from "./load.mjs";
