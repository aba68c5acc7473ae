// @ts-check
// In the bundle of the command, in place of packages that https-proxy-agent imports and the command has no use for.

/** Of `debug`: with DEBUG set it would print the headers for the proxy, among them its password. */
export default () => Object.assign(() => {}, { enabled: false });

/** Of `proxy-agent-negotiate`: Kerberos, which needs a native package. */
export function createNegotiateAuth() {
  throw new Error("not supported");
}
