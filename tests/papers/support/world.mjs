// @ts-check
// What the samples find: the papers, the emulator, and a project into which the packed package is installed.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Emulator as Client } from "../../support/emulator.mjs";
import { ROOT, files } from "./files.mjs";
import { read } from "./markdown.mjs";

export { ROOT };

export const WORK = join(ROOT, "target/papers");
export const PROJECT = join(WORK, "project");

/** Every paper of the project. */
export const papers = () =>
  files(["*.md"]).map((name) => read(name, readFileSync(join(ROOT, name), "utf8")));

/** The commands of this package's tools. */
export const tool = (/** @type {string} */ name) =>
  fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));

/** Installs the tools of this folder, unless they are there as the lock file has them. */
export function installTools() {
  const folder = fileURLToPath(new URL("../", import.meta.url));
  const lock = hash(readFileSync(join(folder, "package-lock.json")));
  const stamp = join(folder, "node_modules/.stamp");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  npm(["ci"], folder);
  writeFileSync(stamp, lock);
}

/** Packs the package and installs it as a newcomer would. Returns the path of the tarball. */
export function installPackage() {
  mkdirSync(WORK, { recursive: true });
  const pkg = process.env.DCS_PKG ?? join(ROOT, "pkg");
  const packed = npm(["pack", "--json", "--pack-destination", WORK, pkg], WORK);
  const tarball = join(WORK, JSON.parse(packed)[0].filename);
  rmSync(PROJECT, { recursive: true, force: true });
  mkdirSync(join(PROJECT, "public"), { recursive: true });
  mkdirSync(join(WORK, "home"), { recursive: true });
  writeFileSync(
    join(PROJECT, "package.json"),
    JSON.stringify({ private: true, type: "module" }, null, 2),
  );
  npm(["install", "--offline", tarball], PROJECT);
  return tarball;
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
}

const hash = (/** @type {Uint8Array} */ bytes) => createHash("sha256").update(bytes).digest("hex");

/** The emulator, and the environment of a person who uses it. */
export class Emulator {
  #client = new Client(process.env.DCS_EMULATOR_URL);
  url = this.#client.url;
  /** @type {any} */
  config;

  async open() {
    this.config = await this.#client.config();
    return this;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  ask(method, path, body) {
    return this.#client.ask(method, path, body);
  }

  /** How many swaps have really run since the last reset, once no job is under way any more. */
  swapsRun() {
    return this.#client.swapsRun();
  }

  /** The environment of a person whose region is the emulator's. */
  environment() {
    const { region, access_key: ak, secret_key: sk } = this.config;
    const name = region.toUpperCase().replaceAll("-", "_");
    return {
      PATH: process.env.PATH ?? "",
      HOME: join(WORK, "home"),
      NO_COLOR: "1",
      DCS_EMULATOR_URL: this.url,
      HUAWEICLOUD_SDK_AK: ak,
      HUAWEICLOUD_SDK_SK: sk,
      // The names of the API reference's samples.
      CLOUD_SDK_AK: ak,
      CLOUD_SDK_SK: sk,
      HUAWEICLOUD_SDK_IAM_ENDPOINT: this.url,
      [`HUAWEICLOUD_SDK_REGION_DCS_${name}`]: this.url,
    };
  }
}
