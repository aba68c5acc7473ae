// What wasm-bindgen makes of src/js: replaced by its output when the package is built.
declare module "#glue" {
  export function initSync(options: { module: BufferSource | WebAssembly.Module }): unknown;
  export function version(): string;
  export function sign(
    credential: Credential,
    fields: string,
    headers: number,
    body: Uint8Array | undefined,
    unsigned: boolean,
    nowMs: number,
  ): string;
  export function bearer(credential: Credential): string | undefined;
  export class Credential {
    constructor(credentials: unknown);
    readonly ak: string;
    free(): void;
    toJSON(): { ak: string };
  }
  export class Client {
    constructor(options: unknown);
    call(operation: string, options: unknown): Promise<any>;
    follow(options: unknown): Client;
    free(): void;
  }
  export function regions(): any;
}

// Filled in by the build.
declare const __VERSION__: string;
declare const __OPERATIONS__: string[];
