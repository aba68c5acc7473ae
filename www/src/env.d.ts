/// <reference types="vite/client" />

declare module "virtual:error-codes" {
  /** `[httpStatus, code, message, kind]` */
  const rows: [number, string, string, string][];
  export default rows;
}

declare module "virtual:emulator-wasm" {
  /** The emulator's module as base64; in the playground only. */
  const base64: string;
  export default base64;
}
