import type { Plugin } from "vite";

/**
 * What the page itself insists on, for hosts that send no policy. `connect-src` lets the page call any endpoint it is
 * told, plain http only on loopback; `wasm-unsafe-eval` is what compiling WebAssembly needs.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "manifest-src 'self'",
  "worker-src 'self'",
  "connect-src 'self' https: http://127.0.0.1:* http://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types dcs-console",
].join("; ");

/** That of the playground, which sends nothing. */
export const OFFLINE = POLICY.replace(/connect-src [^;]+/, "connect-src 'none'");

/** Writes the policy into the built page; Vite's development server needs inline scripts and gets none. */
export function contentSecurityPolicy(policy = POLICY): Plugin {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policy },
        injectTo: "head-prepend",
      },
    ],
  };
}
