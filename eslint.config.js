import js from "@eslint/js";
import globals from "globals";

export default [
  {
    ignores: ["target/", "pkg/", "**/dist/", "**/node_modules/", "**/.next/"],
  },
  js.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    // Put in by the build.
    files: ["pkg-template/**", "www/build/**"],
    languageOptions: {
      globals: {
        __OPERATIONS__: "readonly",
        __FLAVOUR__: "readonly",
        __VERSION__: "readonly",
        __FILES__: "readonly",
      },
    },
  },
  {
    files: ["tests/proxy/outbound/deno.mjs"],
    languageOptions: { globals: { Deno: "readonly" } },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { sourceType: "commonjs" },
  },
];
