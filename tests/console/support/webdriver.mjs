// @ts-check
// A browser by WebDriver, for the engines that Playwright does not drive here: what a person does, and no more.
import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../support/port.mjs";

const tools = fileURLToPath(new URL("../../../target/tools/bin", import.meta.url));
/** The name of an element's reference in the protocol. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Where a program is. @param {string} name @returns {Promise<string | undefined>} */
async function find(name) {
  for (const folder of [tools, ...(process.env.PATH ?? "").split(delimiter)]) {
    const path = join(folder, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {string[]} programs All of them are needed.
 * @property {(port: number) => string[]} command
 * @property {Record<string, unknown>} capabilities
 */

/** @type {Engine[]} */
export const ENGINES = [
  {
    name: "Firefox",
    programs: ["geckodriver", "firefox-esr"],
    command: (port) => ["geckodriver", "--port", String(port)],
    capabilities: {
      "moz:firefoxOptions": {
        binary: "/usr/bin/firefox-esr",
        args: ["-headless"],
        prefs: { "intl.accept_languages": "en-GB" },
      },
    },
  },
  {
    name: "WebKitGTK",
    programs: ["WebKitWebDriver", "xvfb-run"],
    // With a screen of its own: it has no mode without one.
    command: (port) => ["xvfb-run", "-a", "WebKitWebDriver", `--port=${port}`],
    capabilities: {},
  },
];

/** What an engine lacks on this machine; nothing: it can be driven. @param {Engine} engine */
export async function lacking({ programs }) {
  const found = await Promise.all(programs.map(find));
  return programs.filter((_, at) => found[at] === undefined);
}

/** Starts an engine, and one window of it. @param {Engine} engine */
export async function drive(engine) {
  const port = await freePort();
  const [program = "", ...args] = engine.command(port);
  // A group of its own: xvfb-run starts others, which have to end with it.
  const child = spawn((await find(program)) ?? program, args, { stdio: "ignore", detached: true });
  const base = `http://127.0.0.1:${port}`;
  let session = "";
  /** @param {string} method @param {string} path @param {unknown} [body] */
  const ask = async (method, path, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
      signal: AbortSignal.timeout(60_000),
    });
    const { value } = /** @type {any} */ (await response.json());
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  const end = async () => {
    if (session) await ask("DELETE", `/session/${session}`).catch(() => undefined);
    if (child.pid !== undefined) process.kill(-child.pid);
  };
  try {
    for (let n = 0; ; n++) {
      const ready = await ask("GET", "/status").then(
        ({ ready }) => ready,
        () => false,
      );
      if (ready) break;
      if (n > 100) throw new Error(`${engine.name}: the driver does not answer`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const capabilities = { alwaysMatch: engine.capabilities };
    session = (await ask("POST", "/session", { capabilities })).sessionId;
  } catch (error) {
    await end();
    throw error;
  }
  const at = `/session/${session}`;
  /** @param {string} script @param {unknown[]} [args] */
  const run = (script, args = []) => ask("POST", `${at}/execute/sync`, { script, args });
  /** The first element of that kind, if it can be seen. @param {string} css @returns {Promise<string | undefined>} */
  const shown = async (css) => {
    const found = await ask("POST", `${at}/elements`, { using: "css selector", value: css });
    const id = found[0]?.[ELEMENT];
    const seen =
      id && (await run("return arguments[0].getClientRects().length > 0", [{ [ELEMENT]: id }]));
    return seen ? id : undefined;
  };
  /** Waits for an element that can be seen. @param {string} css */
  const element = async (css) => {
    for (let n = 0; ; n++) {
      // A page that is being drawn anew may have lost what it had a moment ago: then it is looked for again.
      const id = await shown(css).catch(() => undefined);
      if (id) return id;
      if (n > 300) throw new Error(`${css} does not come`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return {
    end,
    run,
    /** @param {string} url */
    goto: (url) => ask("POST", `${at}/url`, { url }),
    /** @param {string} css */
    async click(css) {
      await ask("POST", `${at}/element/${await element(css)}/click`, {});
    },
    /** @param {string} css @param {string} text */
    async type(css, text) {
      await ask("POST", `${at}/element/${await element(css)}/value`, { text });
    },
    /** @param {string} css @returns {Promise<string>} */
    async text(css) {
      for (let n = 0; ; n++) {
        try {
          return await ask("GET", `${at}/element/${await element(css)}/text`);
        } catch (error) {
          // It was drawn anew between the look and the question.
          if (n > 4 || !String(error).includes("stale")) throw error;
        }
      }
    },
    element,
  };
}
