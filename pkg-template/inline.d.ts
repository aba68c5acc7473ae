/**
 * The same as `huaweicloud-dcs`, with the wasm module inside the JavaScript.
 *
 * @packageDocumentation
 */

export * from "./index.js";
