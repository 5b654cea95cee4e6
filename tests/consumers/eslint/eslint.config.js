import angular from "@angular-eslint/template-parser";
import * as html from "@html-eslint/parser";
import typescript from "@typescript-eslint/parser";
import rolegate from "rolegate/eslint";
import * as svelte from "svelte-eslint-parser";
import * as vue from "vue-eslint-parser";

const known = (source) => ({
  plugins: { rolegate },
  rules: { "rolegate/no-unknown-permission": ["error", source] },
});

export default [
  { files: ["src/**/*.js", "src/**/*.jsx"], languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } } },
  { files: ["src/**/*.ts"], languageOptions: { parser: typescript } },
  { files: ["src/**/*.vue"], languageOptions: { parser: vue } },
  { files: ["src/**/*.svelte"], languageOptions: { parser: svelte } },
  { files: ["src/**/*.component.html"], languageOptions: { parser: angular } },
  { files: ["src/page.html"], languageOptions: { parser: html } },
  { files: ["src/**"], ...known({ snapshot: "roles.json" }) },
  { files: ["src/**/*.ts"], ...known({ types: "src/rolegate.d.ts" }) },
];
