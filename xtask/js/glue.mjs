// @ts-check
// Shortens what wasm-bindgen wrote: the names are those that wasm-opt gave, what no runtime of ours needs is cut.
// A wasm-bindgen that writes otherwise fails the build, and is looked at.

/**
 * What wasm-opt tells of the names it shortened: module and name, or name, and what each became.
 * @typedef {{ imports: [string, string, string][], exports: [string, string][] }} Names
 */

/**
 * Each cut: what no longer may be there, where it stands, and what stands there instead. Glue that never needed it has
 * neither.
 * @type {[mark: string, pattern: RegExp, instead: string][]}
 */
const CUTS = [
  [
    // Once for all classes. Older settings of workerd lack it.
    "typeof FinalizationRegistry",
    /\(typeof FinalizationRegistry === 'undefined'\)\s*\? \{ register: \(\) => \{\}, unregister: \(\) => \{\} \}\s*: new FinalizationRegistry\b/g,
    "/* @__PURE__ */ Finalization",
  ],
  // The classes that users see have their own.
  [
    "Symbol.dispose",
    /^if \(Symbol\.dispose\) \w+\.prototype\[Symbol\.dispose\] = \w+\.prototype\.free;\n/gm,
    "",
  ],
  // Every runtime has it.
  ["'encodeInto' in", /\nif \(!\('encodeInto' in cachedTextEncoder\)\) \{\n[^]*?\n\}\n/g, ""],
  [
    // Strings cross seldom and are short: a copy more, which is wiped, costs less than two ways to write them.
    "realloc === undefined",
    /function passStringToWasm0\(arg, malloc, realloc\) \{\n[^]*?\n\}\n/g,
    `function passStringToWasm0(arg, malloc) {
    const bytes = encode(arg);
    const ptr = malloc(bytes.length, 1) >>> 0;
    getUint8ArrayMemory0().set(bytes, ptr);
    bytes.fill(0);
    WASM_VECTOR_LEN = bytes.length;
    return ptr;
}
`,
  ],
  ["__wbindgen_realloc", /, wasm\.__wbindgen_realloc\)/g, ")"],
  [
    // A decoder of Safari's fails after two gigabytes; the words and errors that cross here are far from that.
    "MAX_SAFARI_DECODE_BYTES",
    /\nlet cachedTextDecoder = .*\n[^]*?\nfunction decodeText\(bytes\) \{\n[^]*?\n\}\n/g,
    `
import { decode as decodeText, encode } from "#text";
`,
  ],
  // Ours does, made when it is needed.
  ["cachedTextEncoder", /\nconst cachedTextEncoder = new TextEncoder\(\);\n/g, ""],
  [
    ".buffer.detached",
    /cachedDataViewMemory0 === null \|\| cachedDataViewMemory0\.buffer\.detached === true \|\| \(.*?\)\) \{/g,
    "cachedDataViewMemory0?.buffer !== wasm.memory.buffer) {",
  ],
  [
    // Only `initSync` is used, once, with a module; of the exports it tells of the memory only.
    "__wbg_init",
    /\nlet wasmModule, wasmInstance, wasm;\n[^]*\nexport \{ initSync, __wbg_init as default \};\n?$/g,
    `
let wasm;
export function initSync({ module }) {
    wasm = new WebAssembly.Instance(module, __wbg_get_imports()).exports;
    wasm.__wbindgen_start();
    return { memory: wasm.memory };
}
`,
  ],
];

/** A function, because what is hoisted is there before the registries are made. */
const FINALIZATION = `
function Finalization(free) {
    return globalThis.FinalizationRegistry ? new FinalizationRegistry(free) : { register() {}, unregister() {} };
}
`;

/**
 * The glue of a module whose names wasm-opt shortened.
 * @param {string} glue
 * @param {Names} names
 */
export function shorten(glue, names) {
  const cut = trim(glue) + FINALIZATION;
  return withExports(withImports(cut, names.imports), names.exports);
}

/** @param {string} glue */
function trim(glue) {
  for (const [mark, pattern, instead] of CUTS) {
    glue = glue.replace(pattern, instead);
    if (glue.includes(mark)) throw new Error(`wasm-bindgen writes otherwise: ${mark}`);
  }
  return glue;
}

/**
 * The object of the imports, with those only that the module still has, all in one module.
 * @param {string} glue
 * @param {Names["imports"]} imports
 */
function withImports(glue, imports) {
  const [head, inner] = split(glue, "    const import0 = {\n        __proto__: null,\n");
  const [body, outer] = split(inner, "    return {\n        __proto__: null,\n");
  const [modules, rest] = split(outer, "    };\n}\n");
  const functions = new Map(
    [...body.matchAll(/^ {8}(\w+): function([^]*?\n {8}\}(?:, arguments\); \})?),$/gm)].map(
      ([, name, code]) => [name, arrow(/** @type {string} */ (code))],
    ),
  );
  const members = imports.map(([module, name, short]) => {
    const code = functions.get(name);
    if (code) return `${short}: ${code},\n`;
    const [, variable] = modules.match(new RegExp(`"${module}": (import[1-9]\\d*),`)) ?? [];
    if (!variable) throw new Error(`wasm-bindgen writes otherwise: the import ${name}`);
    return `${short}: ${variable}.${name},\n`;
  });
  return `${head}    return { a: {\n${members.join("")}    } };\n}\n${rest}`;
}

/**
 * A function expression, without its keyword, as an arrow function; `handleError` then stays where it is.
 * @param {string} code
 */
function arrow(code) {
  const [, caught] =
    code.match(/^\(\) \{ return handleError\(function (.*), arguments\); \}$/s) ?? [];
  const shown = (caught ?? code).replace(/^(\([^)]*\)) \{/, "$1 => {");
  return caught === undefined ? shown : `(...args) => handleError(${shown}, args)`;
}

/**
 * @param {string} glue
 * @param {Names["exports"]} exports
 */
function withExports(glue, exports) {
  const short = new Map(exports);
  return glue.replace(/\bwasm\.(\w+)/g, (_, name) => {
    if (!short.has(name)) throw new Error(`the wasm module has no export ${name}`);
    return `wasm.${short.get(name)}`;
  });
}

/**
 * @param {string} text
 * @param {string} mark
 * @returns {[string, string]}
 */
function split(text, mark) {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`wasm-bindgen writes otherwise: no ${mark.trim()}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
