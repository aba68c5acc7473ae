// Nothing here is for the package: webpack emits what `new URL(..., import.meta.url)` names by itself.
module.exports = {
  mode: "production",
  entry: { page: "./page.js", sw: "./sw.js" },
  output: { filename: "[name].js", path: `${__dirname}/dist` },
};
