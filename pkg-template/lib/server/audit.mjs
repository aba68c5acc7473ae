// @ts-check
// An audit in a file: one line of JSON for each entry, on the disk before the swap leaves.

/**
 * @param {string} path
 * @returns {import("../../server.js").FileAudit}
 */
export function fileAudit(path) {
  if (typeof path !== "string" || path === "")
    throw new TypeError("fileAudit: path must be a text");
  const { open } = process.getBuiltinModule("node:fs/promises");
  /** One line after the other. @type {Promise<unknown>} */
  let last = Promise.resolve();
  /** @param {string} line */
  async function write(line) {
    // Opened for each line: a file that was rotated away is not written to. Only its owner may read who did what.
    const file = await open(path, "a+", 0o600);
    try {
      const { size } = await file.stat();
      // A line that a full disk cut short is not continued.
      const cut = size > 0 && (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 10;
      await file.appendFile(cut ? `\n${line}` : line);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  return (entry) => {
    const line = `${JSON.stringify(entry)}\n`;
    const written = last.then(() => write(line));
    last = written.catch(() => {});
    return written;
  };
}
