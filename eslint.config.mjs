// Rules that the compilers do not have: promises that nobody waits for, switches that forget a case, and console
// output where standard output belongs to a protocol. Who may import whom is test/architecture_test.ts.
import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

const RUNTIMES = ["extension", "webview", "host", "sidecar", "test/webview/page"];

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", ".cache/", ".train/", ".vscode-test/", "models/", "**/*.mjs"] },
  eslint.configs.recommended,
  tseslint.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        project: RUNTIMES.map((name) => `${name}/tsconfig.json`),
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", {
        considerDefaultExhaustiveForUnions: true,
      }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/prefer-promise-reject-errors": "error",
      // Control characters are what the code that cleans names and terminal output is about.
      "no-control-regex": "off",
      "no-undef": "off", // The compilers know better.
      "eqeqeq": "error",
    },
  },
  {
    files: ["sidecar/**", "extension/**", "webview/**", "protocol/**", "host/**"],
    ignores: ["sidecar/parity/**"],
    rules: { "no-console": "error" },
  },
);
