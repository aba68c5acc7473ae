// @ts-check
// In place of app/run.js: what uses the package is CommonJS.
export { run } from "./required.cjs";
