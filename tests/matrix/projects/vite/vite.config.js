// Nothing here is for the package: a second script beside the page, and workers as modules.
export default {
  build: {
    target: "es2022",
    rolldownOptions: {
      input: { index: "index.html", sw: "sw.js" },
      output: {
        entryFileNames: (/** @type {{ name: string }} */ { name }) =>
          name === "sw" ? "sw.js" : "assets/[name]-[hash].js",
      },
    },
  },
  worker: { format: "es" },
};
