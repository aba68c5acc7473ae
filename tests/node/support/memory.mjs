// @ts-check
// Looks into the memory of every wasm module that is instantiated from now on. The package knows nothing of it.

export function spyOnMemory() {
  /** @type {WebAssembly.Memory[]} */
  const memories = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} [imports] */
    constructor(module, imports) {
      super(module, imports);
      for (const member of Object.values(this.exports)) {
        if (member instanceof WebAssembly.Memory) memories.push(member);
      }
    }
  };
  return {
    /** How often a text occurs. @param {string} text */
    count(text) {
      if (memories.length === 0) throw new Error("no memory: the package was loaded before");
      let times = 0;
      for (const { buffer } of memories) {
        const bytes = Buffer.from(buffer);
        for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) times += 1;
      }
      return times;
    },
  };
}
