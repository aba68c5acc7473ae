import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

/** The module `virtual:NAME`, whose default export is what is made of a file. `path` is from this folder. */
export function virtualModule(
  name: string,
  path: string,
  make: (content: Buffer, file: string) => unknown,
): Plugin {
  const file = fileURLToPath(new URL(path, import.meta.url));
  const id = `virtual:${name}`;
  return {
    name,
    resolveId: (asked) => (asked === id ? `\0${id}` : undefined),
    load(asked) {
      if (asked !== `\0${id}`) return undefined;
      this.addWatchFile(file);
      return `export default ${JSON.stringify(make(readFileSync(file), file))};`;
    },
  };
}
