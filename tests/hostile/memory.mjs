// @ts-check
// The memory of the wasm instance and of the process. To be imported before the package loads its module.

/** @type {WebAssembly.Memory[]} */
const memories = [];
const { Instance } = WebAssembly;

WebAssembly.Instance = new Proxy(Instance, {
  construct(target, args) {
    const instance = Reflect.construct(target, args);
    // Under whatever name: the build shortens them.
    for (const part of Object.values(instance.exports))
      if (part instanceof WebAssembly.Memory) memories.push(part);
    return instance;
  },
});

/** Bytes of wasm memory, of all instances. It never shrinks. */
export const wasmBytes = () =>
  memories.reduce((bytes, memory) => bytes + memory.buffer.byteLength, 0);

/** Watches the resident memory of this process: `end` gives its highest growth since. */
export function watchProcess() {
  globalThis.gc?.();
  const start = process.memoryUsage.rss();
  let peak = start;
  const look = () => (peak = Math.max(peak, process.memoryUsage.rss()));
  const timer = setInterval(look, 5);
  return {
    end() {
      clearInterval(timer);
      look();
      return peak - start;
    },
  };
}
