// @ts-check
// Reads small text files that people and platforms write: profiles, tokens, tables of regions.

import { homeFolder } from "../environment.mjs";
import { absent, failed } from "./failure.mjs";

/** No such file is as large as that; what is, is another file. */
const MOST_BYTES = 1024 * 1024;

/** A token is replaced while it is read now and then: it is looked at so often, so many milliseconds apart. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 50;

/**
 * A path below the home folder.
 * @param {string} who What looks there, for messages.
 * @param {...string} names
 */
export function atHome(who, ...names) {
  const { join } = process.getBuiltinModule("node:path");
  const home = homeFolder();
  if (home === undefined) throw absent(`${who}: the home folder cannot be found`);
  return join(home, ...names);
}

/**
 * What it means that a file at its usual place cannot be read: it is not set up if there is none, or if a runtime was told
 * not to let this program look; else it is there and says nothing.
 * @type {typeof failed}
 */
export function unlessThere(message, cause) {
  const { code, name } = /** @type {NodeJS.ErrnoException} */ (cause ?? {});
  const isNone = code === "ENOENT" || code === "ENOTDIR" || name === "NotCapable";
  return (isNone ? absent : failed)(message, cause);
}

/**
 * The text of a file in UTF-8.
 * @param {string} who What reads it, for messages.
 * @param {string} file
 * @param {typeof failed} [unread] What it means that the file cannot be read.
 */
export async function readText(who, file, unread = failed) {
  let bytes;
  try {
    bytes = await readBytes(file);
  } catch (cause) {
    const { code } = /** @type {{ code?: string }} */ (cause);
    const why = code === "EISDIR" ? "is a directory" : "cannot be read";
    throw unread(`${who}: ${file} ${why}`, cause);
  }
  if (bytes === undefined) throw failed(`${who}: ${file} is larger than ${MOST_BYTES} bytes`);
  // Windows' PowerShell writes UTF-16 unless told otherwise.
  const [first, second] = bytes;
  if (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    bytes.includes(0)
  )
    throw failed(`${who}: ${file} is not UTF-8 but seems to be UTF-16: save it as UTF-8`);
  try {
    // A byte order mark is no part of the text.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw failed(`${who}: ${file} is not UTF-8: save it as UTF-8`);
  }
}

/**
 * The bytes of a file; undefined when there are too many. Read to a limit, for what a path names may have no end.
 * @param {string} file
 */
async function readBytes(file) {
  const { open } = process.getBuiltinModule("node:fs/promises");
  const handle = await open(file, "r");
  try {
    const bytes = new Uint8Array(MOST_BYTES + 1);
    let size = 0;
    while (size < bytes.length) {
      const { bytesRead } = await handle.read(bytes, size, bytes.length - size, null);
      if (bytesRead === 0) return bytes.subarray(0, size);
      size += bytesRead;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

/**
 * The token in a file, read anew each time: platforms replace it long before it ends. While it is replaced the file may be
 * empty, or not there.
 * @param {string} who
 * @param {string} file
 */
export async function readToken(who, file) {
  for (let look = 1; ; look++) {
    let reason = failed(`${who}: ${file} is empty`);
    try {
      const text = (await readText(who, file)).trim();
      if (text !== "") return checkToken(who, text, file);
    } catch (error) {
      const { cause } = /** @type {{ cause?: { code?: string } }} */ (error);
      if (cause?.code !== "ENOENT") throw error;
      reason = failed(`${who}: ${file} does not exist`, cause);
    }
    if (look === LOOKS) throw reason;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/**
 * A token goes into a header: whatever cannot stand there is refused here, for fetch would repeat it in its own error.
 * @param {string} who
 * @param {string} token
 * @param {string} from
 */
export function checkToken(who, token, from) {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw failed(
      `${who}: ${from} holds no token: there are spaces, line ends or other characters in it`,
    );
  return token;
}
