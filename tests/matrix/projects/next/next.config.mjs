import { dirname } from "node:path";

// Nothing here is for the package: the folder above is the root, since it holds the node_modules with Next.js.
export default { turbopack: { root: dirname(import.meta.dirname) } };
