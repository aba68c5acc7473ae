// What wasm-bindgen makes of src/js: replaced by its output when the package is built.
declare module "#glue" {
  /** For a module of this version: the names of its parts mean nothing to another. */
  export function initSync(options: { module: WebAssembly.Module }): void;
  /** The memory of the module. */
  export function linearMemory(): WebAssembly.Memory;
  /** Makes place for so many bytes of input; where they go. */
  export function reserve(bytes: number): number;
  /** Where the output of the last call stands. */
  export function output(): number;
  /** How many bytes it has. */
  export function outputSize(): number;
  /** What is signed of a body. */
  export const SignedBody: { Empty: 0; Read: 1; Unsigned: 2 };
  export function sign(
    credential: Credential,
    size: number,
    headers: number,
    body: number,
    nowMs: number,
  ): number;
  export function takeCredential(size: number): Credential | undefined;
  export function accessKeyId(credential: Credential): number;
  export function tokenOf(credential: Credential): number;
  export class Credential {
    free(): void;
  }
  export class Client {
    constructor(options: unknown);
    call(operation: string, options: unknown): Promise<any>;
    checkSwitchover(options: unknown): Promise<any>;
    switchover(options: unknown): Promise<any>;
    resumeSwitchover(record: unknown, options: unknown): Promise<any>;
    follow(options: unknown): Follow;
    free(): void;
  }
  export class Follow {
    next(): Promise<any>;
    free(): void;
  }
  export function changeMasterStandbyAsync(options: unknown): Promise<any>;
  export function regions(): any;

  /** Of the emulator's module: a request that is being answered. */
  export interface Asked {
    readonly answer: Promise<any>;
    /** The caller is gone: what has not begun does not begin. */
    abort(): void;
  }
  /** Of the emulator's module: starts a cloud with these options, as JSON. */
  export function startCloud(
    options: string,
    world: {
      now(): number;
      random(bytes: Uint8Array): void;
      setTimeout(callback: () => void, ms: number): void;
    },
  ): Promise<{
    /** The headers come as name, value, name, value. */
    ask(method: string, target: string, headers: string[], body: Uint8Array): Asked;
  }>;
}

// Filled in by the build.
declare const __FLAVOUR__: string;
declare const __VERSION__: string;
declare const __OPERATIONS__: string[];
