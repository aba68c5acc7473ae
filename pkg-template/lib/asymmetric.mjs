// @ts-check
// The entry `huaweicloud-dcs/asymmetric`: signing with the asymmetric algorithms too, in a wasm module of its own.

export * from "./sign.mjs";
export { init, loadFrom } from "./load.mjs";
