// What the build writes beside the sources, for the entry points' sake.

declare module "*.wasm" {
  /** What it is depends on who imports it: a module in workerd, a path in Bun. */
  const wasm: any;
  export default wasm;
}

declare module "*.wasm?module" {
  const wasm: WebAssembly.Module;
  export default wasm;
}

declare module "*-inline.mjs" {
  const base64: string;
  export default base64;
}

declare module "*/lib/providers.cjs" {
  const module: typeof import("./providers.mjs");
  export = module;
}

declare module "*/lib/journal.cjs" {
  const module: typeof import("./journal.mjs");
  export = module;
}

declare module "*/lib/client.cjs" {
  const module: typeof import("./client.mjs");
  export = module;
}

declare module "*/lib/page.cjs" {
  const module: typeof import("./page.mjs");
  export = module;
}

declare module "*/lib/signer.cjs" {
  const module: typeof import("./signer.mjs");
  export = module;
}

declare module "*/lib/asymmetric.cjs" {
  const module: typeof import("./asymmetric.mjs");
  export = module;
}

declare module "*/lib/emulator.cjs" {
  const module: typeof import("./emulator.mjs");
  export = module;
}

declare module "*/lib/server.cjs" {
  const module: typeof import("./server.mjs");
  export = module;
}
