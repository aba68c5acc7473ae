// Types of what is bundled into the command and brings none.

declare module "proxy-from-env" {
  /** The proxy that the environment names for a URL; empty for none. */
  export function getProxyForUrl(url: string): string;
}

// The console, where the build finds it: pkg-template/cli/console.mjs.
declare module "#console" {
  export const run:
    | undefined
    | ((
        args: string[],
        io: {
          stdout: NodeJS.WritableStream;
          stderr: NodeJS.WritableStream;
          signal: AbortSignal;
          env: NodeJS.ProcessEnv;
        },
      ) => Promise<number>);
}
