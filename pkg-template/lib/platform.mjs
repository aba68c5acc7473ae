// @ts-check
// What the bundles have in place of three global names; the build puts it there.

const resolved = Promise.resolve();

/**
 * Schedules the work of the wasm module. A test framework with fake timers replaces the global function for a while, and
 * keeps what is queued: the module, which waits for its turn once, would then never run again. What a promise does cannot
 * be replaced.
 * @param {() => void} task
 */
export const queueMicrotask = (task) => void resolved.then(task);

// Importing must not fail where a test environment hides them: Jest's jsdom leaves out what Node has.
const coders = globalThis.TextDecoder ? globalThis : process.getBuiltinModule("node:util");

export const { TextDecoder, TextEncoder } = coders;
