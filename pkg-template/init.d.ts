/**
 * The same as `huaweicloud-dcs`, and nothing loads by itself: `await init(source)` before anything else.
 *
 * @packageDocumentation
 */

export * from "./index.js";
