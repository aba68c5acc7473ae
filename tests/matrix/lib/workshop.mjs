// @ts-check
// Where the matrix works: the tools of tests/matrix/package-lock.json, the packed package, and a project for each case.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./process.mjs";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const HERE = join(ROOT, "tests/matrix");
export const WORK = join(ROOT, "target/matrix");
const PKG = process.env.DCS_PKG ?? join(ROOT, "pkg");

/** Written last, so that an installation that was interrupted is done again. */
const STAMP = join(WORK, "node_modules/.stamp");

/**
 * A file of the package.
 * @param {string} path
 */
export const packed = (path) => readFileSync(join(PKG, path), "utf8");

const read = (/** @type {string} */ file) => readFileSync(file, "utf8");

const digest = (/** @type {(string | Uint8Array)[]} */ ...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
};

/** Installs the tools if they are not those of the lock file; the hash of that. */
export async function installTools() {
  const lock = readFileSync(join(HERE, "package-lock.json"));
  const key = digest(lock);
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === key) return key;
  mkdirSync(WORK, { recursive: true });
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
    cpSync(join(HERE, file), join(WORK, file));
  }
  rmSync(join(WORK, "node_modules"), { recursive: true, force: true });
  await run("npm", ["ci", "--ignore-scripts"], { cwd: WORK, timeoutMs: 900_000 });
  writeFileSync(STAMP, key);
  return key;
}

/** Packs pkg/ as it would be published. */
async function pack() {
  const { stdout } = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", WORK],
    { cwd: PKG },
  );
  const [{ filename, files }] = JSON.parse(stdout);
  const tarball = join(WORK, filename);
  /** @type {string[]} */
  const paths = files.map((/** @type {{ path: string }} */ { path }) => path).sort();
  // Of the files rather than of the tarball, whose bytes hold times.
  const key = digest(...paths.flatMap((path) => [path, readFileSync(join(PKG, path))]));
  return { tarball, files: paths, key };
}

/** @typedef {Awaited<ReturnType<typeof open>>} Workshop */

/**
 * Node as npm's packages bring it.
 * @param {number} major
 */
export const nodeProgram = (major) =>
  join(WORK, `node_modules/node-${major}-${process.platform}-${process.arch}/bin/node`);

/** Bun's own package installs it by a script; the binary is there without. */
export function bunProgram() {
  const scope = join(WORK, "node_modules/@oven");
  const usual = `bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
  if (!readdirSync(scope).includes(usual)) throw new Error(`npm has not installed @oven/${usual}`);
  return join(scope, usual, "bin/bun");
}

/** Deno's own package starts the program as a child, which lives on when its parent is killed. */
export function denoProgram() {
  const scope = join(WORK, "node_modules/@deno");
  const usual = readdirSync(scope).find((name) => name.startsWith(process.platform));
  if (!usual) throw new Error(`npm has not installed Deno's program for ${process.platform}`);
  return join(scope, usual, "deno");
}

/**
 * The version of a tool, as the lock file has it.
 * @param {string} name
 * @returns {string}
 */
export function lockedVersion(name) {
  const { packages } = JSON.parse(read(join(HERE, "package-lock.json")));
  return packages[`node_modules/${name}`].version;
}

/** Makes everything ready. */
export async function open() {
  const tools = await installTools();
  const { tarball, files, key } = await pack();
  const require = createRequire(join(WORK, "package.json"));
  /** @type {Map<string, Promise<string>>} */
  const projects = new Map();
  return { files, tarball, require, tool, project };

  /**
   * A program of the tools.
   * @param {string} name
   */
  function tool(name) {
    return join(WORK, "node_modules/.bin", name);
  }

  /**
   * A project that holds these files of tests/matrix and the package, installed from the tarball; `build` makes its
   * output. Nothing is done again while neither package, tools nor files changed, and in one run never.
   * @param {string} name
   * @param {object} how
   * @param {string[]} [how.from] Folders and files of tests/matrix whose content is copied into the project.
   * @param {Record<string, string>} [how.files] Further files.
   * @param {boolean} [how.tsconfig] Whether it has a tsconfig.json; else tools would take the repository's.
   * @param {(folder: string) => Promise<unknown>} [how.build]
   */
  function project(name, how) {
    const known = projects.get(name) ?? make(name, how);
    projects.set(name, known);
    return known;
  }

  /** @type {(...given: Parameters<typeof project>) => Promise<string>} */
  async function make(name, { from = [], files = {}, tsconfig = true, build }) {
    const folder = join(WORK, name);
    const sources = from.flatMap((path) => filesBelow(join(HERE, path)));
    const content = { ...Object.fromEntries(sources), ...files };
    const state = digest(tools, key, JSON.stringify(content), String(build));
    const stamp = join(WORK, `${name}.stamp`);
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === state) return folder;
    rmSync(stamp, { force: true });
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const fields = { name, version: "0.0.0", private: true, type: "module" };
    if (tsconfig) content["tsconfig.json"] ??= "{}\n";
    content["package.json"] = JSON.stringify(fields, null, 2) + "\n";
    for (const [path, text] of Object.entries(content)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    await run("npm", ["install", "--offline", "--ignore-scripts", tarball], { cwd: folder });
    await build?.(folder);
    writeFileSync(stamp, state);
    return folder;
  }
}

/**
 * The files below a folder, by path from there; a file alone by its name.
 * @param {string} path
 * @returns {[string, string][]}
 */
function filesBelow(path) {
  if (statSync(path).isFile()) return [[path.slice(path.lastIndexOf("/") + 1), read(path)]];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(path.length + 1), read(file)]);
}
