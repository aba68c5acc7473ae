// Nothing here is for the package: Rspack emits what `new URL(..., import.meta.url)` names by itself. Its code for pages
// asks for `document`, which a service worker has not.
const common = {
  mode: "production",
  output: { filename: "[name].js", path: `${__dirname}/dist` },
};

module.exports = [
  { ...common, entry: { page: "./page.js" } },
  { ...common, entry: { sw: "./sw.js" }, target: "webworker" },
];
