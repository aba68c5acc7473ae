// What wasm-bindgen makes of src/js: replaced by its output when the package is built.
declare module "#glue" {
  /** For a module of this version: the names of its parts mean nothing to another. */
  export function initSync(options: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  /** Makes room for so many bytes of what is given; where they go. */
  export function reserve(bytes: number): number;
  /** Where the bytes are that the last call made. */
  export function made(): number;
  export function sign(
    credential: Credential,
    size: number,
    headers: number,
    body: number,
    nowMs: number,
  ): number;
  export function hold(size: number): Credential | undefined;
  export function refusal(): number;
  export function part(credential: Credential, token: boolean): number;
  export class Credential {
    free(): void;
  }
  export class Client {
    constructor(options: unknown);
    call(operation: string, options: unknown): Promise<any>;
    follow(options: unknown): Client;
    free(): void;
  }
  export function changeMasterStandbyAsync(options: unknown): Promise<any>;
  export function regions(): any;
}

// Filled in by the build.
declare const __FLAVOUR__: string;
declare const __VERSION__: string;
declare const __OPERATIONS__: string[];
