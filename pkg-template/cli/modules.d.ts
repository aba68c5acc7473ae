// Types of what is bundled into the command and brings none.

declare module "proxy-from-env" {
  /** The proxy that the environment names for a URL; empty for none. */
  export function getProxyForUrl(url: string): string;
}
