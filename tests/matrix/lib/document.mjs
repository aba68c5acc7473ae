// @ts-check
// docs/runtimes.md: what the matrix tries, from the cases themselves and the lock file.
import { join } from "node:path";
import { ROOT, lockedVersion } from "./workshop.mjs";

export const FILE = join(ROOT, "docs/runtimes.md");

/** @param {import("../run.mjs").Case} case_ */
function row({ name, tool, how, checks }) {
  const title = tool ? `${name} ${lockedVersion(tool)}` : name;
  return `| ${title} | ${how} | ${Object.keys(checks).join("; ")} |`;
}

/** @param {import("../run.mjs").Case[]} cases */
export const documentOf = (cases) => `# Runtimes

<!-- Written by \`cargo xtask matrix --write\`; the tests fail when it is not current. -->

Every row is tried by \`cargo xtask matrix\`: the package is packed as it would be published, installed in an empty
project, and used there against the local emulator. "Used" means: import; nothing printed, and nothing asked of the
network, by that; swap an instance and follow the job; sign a request that the emulator accepts. The emulator's own count
must then be one swap. Pages are loaded in Chromium, under the policy \`default-src 'none'; script-src 'self'
'wasm-unsafe-eval'\` where a server of the matrix serves them.

| where | how the module gets there | tried |
|---|---|---|
${cases.map(row).join("\n")}

The wasm tests of the crate (\`tests/browser\`) run in three engines, in the page and in a worker: Chromium, Firefox ESR and
WebKitGTK (\`cargo xtask test --only wasm-chrome --only wasm-firefox --only wasm-webkit\`).

## What you may have to do

- **Which Node**: 20.16 or later, and 22.3 or later; not 21, nor 22.0 to 22.2, which lack \`process.getBuiltinModule\`. The manifest's
  \`engines\` says the same, so that npm warns.
- **Behind an HTTP proxy**: Bun and Deno read \`HTTPS_PROXY\`; Node does with \`NODE_USE_ENV_PROXY=1\` from 22.21 and 24 on; else a \`fetch\`
  of your own. See [proxies.md](proxies.md#behind-an-http-proxy).
- **Node, Deno, Bun, workerd, Vitest, Vite, webpack, Rspack, Parcel, Next.js, Nuxt**: nothing. Parcel finds the entries without
  \`packageExports\` too.
- **Rollup, esbuild**: copy the module of each entry you use beside the output, for they leave
  \`new URL("./lib/client.wasm", import.meta.url)\` as it is: \`node_modules/huaweicloud-dcs/lib/client.wasm\` to
  \`dist/lib/client.wasm\`, \`signer.wasm\` likewise. Or pass it yourself: \`await init(url)\`.
- **\`bun build --target=node\`** needs \`--conditions=module\`: the module is inside the JavaScript then.
- **ncc**: nothing where the package is imported. Into \`.cjs\` it does not look: of a \`require\`, also one that TypeScript
  made of an \`import\`, it leaves the module behind.
- **Angular** builds with esbuild, and copies what \`assets\` in angular.json lists:
  \`{ "glob": "client.wasm", "input": "node_modules/huaweicloud-dcs/lib", "output": "lib" }\`. Its development server needs
  nothing. Tried by hand, with 22.2; so were the pages of Nuxt 4.5, pnpm, and Yarn's Plug'n'Play.
- **Jest**: nothing in its environment \`node\`. Its own jsdom has no fetch, so that only signing works there; the
  environment \`jest-fixed-jsdom\` gives back what Node has.
- **Browsers**: Chrome and Edge from 96, Firefox from 93, Safari from 16.4 on. They have what the module (SIMD, reference
  types) and the JavaScript (ES2022) are made of.
- **A policy**: \`script-src\` needs \`'wasm-unsafe-eval'\`, no more. Without it the call is rejected with the browser's own
  words. See [csp.md](csp.md).
- **A Chromium extension**: \`'wasm-unsafe-eval'\` in \`content_security_policy.extension_pages\`, for popup and worker. A content
  script is under the policy of the page that it is in: where that forbids WebAssembly, ask the extension's worker.
- **A web server**: \`application/wasm\` is the right content type; with another one the module is compiled after it has been
  fetched, rather than meanwhile.
- **A place that can fetch nothing**: \`huaweicloud-dcs/inline\` holds the module in base64, a third larger.
- **A place of your own**: \`huaweicloud-dcs/init\` loads nothing by itself. \`await init(source)\` takes a URL, a Response, bytes
  or a \`WebAssembly.Module\`; the files are \`huaweicloud-dcs/client.wasm\`, \`/page.wasm\`, \`/signer.wasm\` and \`/asymmetric.wasm\`.
- **Edge runtimes and workerd** compile no bytes: there the module is imported, and neither \`inline\` nor \`init(url)\` helps.

## How the entry is chosen

\`exports\` in package.json asks, in this order, for \`workerd\`, \`edge-light\`, \`deno\`, \`bun\`, \`node\`, \`browser\`. Under \`node\`
a bundler, which sets the condition \`module\`, gets an entry with the module inside the JavaScript: a file beside it would be
lost in the bundle. Each entry is a page long and says why it loads as it does.
`;
