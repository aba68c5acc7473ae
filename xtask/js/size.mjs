// @ts-check
// Prints the size of every entry of the built package, raw, gzip and brotli, beside its budget. Two things are asserted: no
// entry is above its budget, unless that is recorded as missed, and each is as recorded: growth, and shrinking too, is a change that a
// reader sees. That file also tells what each trick that is kept is worth, and what was tried and left out.
// Started by `cargo xtask size` with the folder of the package; --write records, --check compares.
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const [, , pkg = "pkg", mode] = process.argv;
const RECORD = new URL("../size.json", import.meta.url);

/** Compilers of two versions differ by this much for the same source. */
const TOLERANCE = 0.02;

/** @param {Uint8Array} bytes */
function sizes(bytes) {
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length };
}

/** @typedef {ReturnType<typeof sizes>} Sizes */

/**
 * What a bundler makes of an import, without the wasm. The name leads to pkg/ through node_modules.
 * @param {string} source
 */
async function bundled(source) {
  const result = await build({
    stdin: { contents: source, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    outdir: "target/size",
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
    loader: { ".wasm": "file" },
  });
  return result.outputFiles.find((file) => file.path.endsWith(".js"))?.contents ?? new Uint8Array();
}

/**
 * Each entry: the import, its wasm (the page's has one without a signer), and the limit for wasm and JavaScript together
 * in bytes of brotli. An entry that the package does not have yet is left out.
 */
const ENTRIES = [
  {
    name: "huaweicloud-dcs",
    source: `export * from "huaweicloud-dcs";`,
    wasm: "lib/client.wasm",
    limit: 59_392,
  },
  {
    name: "huaweicloud-dcs { changeMasterStandbyAsync }",
    source: `export { changeMasterStandbyAsync } from "huaweicloud-dcs";`,
    wasm: "lib/client.wasm",
    limit: 59_392,
  },
  {
    name: "huaweicloud-dcs/signer",
    source: `export * from "huaweicloud-dcs/signer";`,
    wasm: "lib/signer.wasm",
    limit: 20_480,
  },
  {
    name: "huaweicloud-dcs/asymmetric",
    source: `export * from "huaweicloud-dcs/asymmetric";`,
    wasm: "lib/asymmetric.wasm",
    limit: Infinity,
  },
  {
    name: "huaweicloud-dcs/emulator",
    source: `export * from "huaweicloud-dcs/emulator";`,
    wasm: "lib/emulator.wasm",
    limit: Infinity,
  },
  {
    name: "huaweicloud-dcs/page",
    source: `export * from "huaweicloud-dcs/page";`,
    wasm: "lib/page.wasm",
    limit: 32_768,
    isOptional: !("./page" in JSON.parse(readFileSync(join(pkg, "package.json"), "utf8")).exports),
  },
];

/** @type {Record<string, { wasm: Sizes, javascript: Sizes, brotli: number }>} */
const now = {};
/** @type {{ entries: typeof now, missed?: string[], tricks: unknown }} */
const recorded = JSON.parse(readFileSync(RECORD, "utf8"));
const faults = [];
const show = (/** @type {Sizes} */ s) =>
  [s.raw, s.gzip, s.brotli].map((n) => String(n).padStart(7)).join(" ");
console.log(`${"".padEnd(56)}    raw    gzip  brotli`);
for (const { name, source, wasm, limit, isOptional } of ENTRIES) {
  if (isOptional) continue;
  if (!existsSync(join(pkg, wasm))) {
    faults.push(`${name}: ${wasm} is not in the package`);
    continue;
  }
  const module = sizes(readFileSync(join(pkg, wasm)));
  const code = await bundled(source).catch((error) => {
    faults.push(`${name}: ${error.message}`);
  });
  if (!code) continue;
  const javascript = sizes(code);
  const brotli = module.brotli + javascript.brotli;
  now[name] = { wasm: module, javascript, brotli };
  console.log(`${`${name}: wasm`.padEnd(56)}${show(module)}`);
  console.log(`${`${name}: JavaScript`.padEnd(56)}${show(javascript)}`);
  const over = brotli > limit ? `, missed by ${brotli - limit}` : "";
  const beside = Number.isFinite(limit) ? `; the budget is ${limit}${over}` : "";
  console.log(`${"".padEnd(56)}  together ${brotli}${beside}`);
  // A budget that is not reached yet is recorded as missed: then the recorded size is the limit.
  if (brotli > limit && !recorded.missed?.includes(name))
    faults.push(`${name}: ${brotli} bytes of brotli, above the budget of ${limit}`);
  if (brotli <= limit && recorded.missed?.includes(name))
    faults.push(`${name}: it is within its budget again; take it from "missed"`);
}

if (mode === "--write")
  writeFileSync(RECORD, JSON.stringify({ ...recorded, entries: now }, null, 2) + "\n");
if (mode === "--check") {
  for (const [name, { brotli }] of Object.entries(now)) {
    const before = recorded.entries[name]?.brotli ?? 0;
    if (Math.abs(brotli - before) > before * TOLERANCE) {
      faults.push(`${name}: ${brotli} bytes of brotli, ${before} recorded: run with --write`);
    }
  }
}
for (const fault of faults) console.error(fault);
if (faults.length > 0 && mode === "--check") process.exitCode = 1;
console.log(`${Object.keys(now).length} passed, ${faults.length} failed`);
