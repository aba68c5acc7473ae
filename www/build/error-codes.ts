import type { Plugin } from "vite";
import { virtualModule } from "./virtual-module.ts";

/** The published table as `[httpStatus, code, message, kind]` rows, in a chunk that is loaded at the first error. */
export function errorCodes(): Plugin {
  return virtualModule("error-codes", "../../facts/dcs_error_codes.tsv", (content, file) => {
    const [, ...lines] = content.toString("utf8").trimEnd().split("\n");
    return lines.map((line) => {
      const [status, code, message, kind] = line.split("\t");
      if (!status || !code || message === undefined || !kind) {
        throw new Error(`${file}: a row without four cells: ${line}`);
      }
      return [Number(status), code, message, kind];
    });
  });
}
