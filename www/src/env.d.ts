/// <reference types="vite/client" />

declare module "virtual:error-codes" {
  /** `[httpStatus, code, message, kind]` */
  const rows: [number, string, string, string][];
  export default rows;
}
