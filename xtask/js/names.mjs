// @ts-check
// Short names for what the wasm module and its glue share. wasm-bindgen's are as long as the functions that carry them:
// the client is 1.8 KB of brotli smaller without them (902 bytes of wasm, 957 of JavaScript), the signer 0.2 KB.
//
// wasm-opt shortens them in the module and tells each; here the glue, as a syntax tree, is given the same. Glue that is
// not as expected fails the build.
import { parse } from "acorn";

/**
 * What wasm-opt tells: module and name, or name, and what each became.
 * @typedef {{ imports: [string, string, string][], exports: [string, string][] }} Names
 */

/** The one module of imports that is left. */
const MODULE = "a";

/**
 * The glue of a module whose names wasm-opt shortened.
 * @param {string} glue
 * @param {Names} names
 */
export function shorten(glue, names) {
  /** @type {any} */
  const tree = parse(glue, { ecmaVersion: "latest", sourceType: "module" });
  const edits = [
    ...renamedImports(glue, tree, names.imports),
    ...renamedExports(tree, new Map(names.exports)),
  ];
  edits.sort((a, b) => b.start - a.start);
  for (const { start, end, text } of edits) glue = glue.slice(0, start) + text + glue.slice(end);
  return glue;
}

/** @typedef {{ start: number, end: number, text: string }} Edit */

/**
 * The function that makes the imports gives those only that the module still has, all in one module.
 * @param {string} glue
 * @param {any} tree
 * @param {Names["imports"]} imports
 * @returns {Edit[]}
 */
function renamedImports(glue, tree, imports) {
  const maker = tree.body.find((/** @type {any} */ node) => node.id?.name === "__wbg_get_imports");
  const own = maker?.body.body[0]?.declarations?.[0];
  const modules = maker?.body.body.find(
    (/** @type {any} */ node) => node.type === "ReturnStatement",
  );
  if (own?.init?.type !== "ObjectExpression" || !modules) unexpected("no imports");
  const text = (/** @type {any} */ node) => glue.slice(node.start, node.end);
  const nameOf = (/** @type {any} */ { key }) => key.name ?? key.value;
  const functions = new Map(
    own.init.properties.map((/** @type {any} */ property) => [nameOf(property), property.value]),
  );
  const variables = new Map(
    modules.argument.properties.map((/** @type {any} */ property) => [
      nameOf(property),
      property.value.name,
    ]),
  );
  // The edits within a function, of the exports that it calls, must still find their place: only names are replaced.
  /** @type {Edit[]} */
  const edits = [];
  const direct = [];
  const kept = new Set();
  for (const [module, name, short] of imports) {
    if (variables.get(module) === own.id.name && functions.has(name)) {
      kept.add(name);
      const { key } = own.init.properties.find((/** @type {any} */ each) => nameOf(each) === name);
      edits.push({ start: key.start, end: key.end, text: short });
    } else if (variables.has(module)) {
      direct.push(`${short}: ${variables.get(module)}.${name}`);
    } else unexpected(`the import ${name}`);
  }
  for (const property of own.init.properties) {
    const name = nameOf(property);
    if (kept.has(name) || name === "__proto__") continue;
    const end = glue.indexOf(",", property.end) + 1;
    edits.push({ start: property.start, end, text: "" });
  }
  const last = own.init.end - 1;
  edits.push({ start: last, end: last, text: `${direct.join(", ")} ` });
  edits.push({ ...modules.argument, text: `{ ${MODULE}: ${text(own.id)} }` });
  return edits;
}

/**
 * @param {any} tree
 * @param {Map<string, string>} exports
 * @returns {Edit[]}
 */
function renamedExports(tree, exports) {
  /** @type {Edit[]} */
  const edits = [];
  const visit = (/** @type {any} */ node) => {
    if (node === null || typeof node !== "object") return;
    if (node.type === "MemberExpression" && node.object.name === "wasm" && !node.computed) {
      const text = exports.get(node.property.name);
      if (text === undefined) unexpected(`the export ${node.property.name}`);
      else edits.push({ start: node.property.start, end: node.property.end, text });
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(tree);
  return edits;
}

/**
 * @param {string} what
 * @returns {never}
 */
function unexpected(what) {
  throw new Error(`wasm-bindgen writes otherwise: ${what}`);
}
