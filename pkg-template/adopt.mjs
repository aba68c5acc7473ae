// @ts-check
// For the entry points of edge runtimes.

/**
 * Makes a module of another realm one of this realm: Next.js compiles it outside of the sandbox that the code runs in,
 * so that `instanceof WebAssembly.Module`, which the loader asks, is false.
 * @param {WebAssembly.Module} module
 * @returns {WebAssembly.Module}
 */
export const adopt = (module) =>
  module instanceof WebAssembly.Module
    ? module
    : Object.setPrototypeOf(module, WebAssembly.Module.prototype);
