import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const TABLE = fileURLToPath(new URL("../../facts/dcs_error_codes.tsv", import.meta.url));
const MODULE = "virtual:error-codes";

/** The published table as `[httpStatus, code, message, kind]` rows, in a chunk that is loaded at the first error. */
export function errorCodes(): Plugin {
  return {
    name: "error-codes",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return undefined;
      this.addWatchFile(TABLE);
      const [, ...lines] = readFileSync(TABLE, "utf8").trimEnd().split("\n");
      const rows = lines.map((line) => {
        const [status, code, message, kind] = line.split("\t");
        if (!status || !code || message === undefined || !kind) {
          throw new Error(`${TABLE}: a row without four cells: ${line}`);
        }
        return [Number(status), code, message, kind];
      });
      return `export default ${JSON.stringify(rows)};`;
    },
  };
}
