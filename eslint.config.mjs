import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import walls from './eslint.rooms.mjs';

/** Rooms whose result may depend on nothing but their input: the same file plays the same trace, everywhere. */
const deterministic = ['base', 'scenario', 'trace', 'engine'].map((room) => `extension/${room}/**`);

const impure = ['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'crypto'];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.vscode-test/', 'extension/language/generated/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,mjs}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { rooms: walls },
    languageOptions: {
      parserOptions: {
        project: [
          'extension/tsconfig.json',
          'extension/tsconfig.language.json',
          'extension/tsconfig.browser.json',
          'webview/tsconfig.json',
          'test/tsconfig.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'rooms/walls': 'error',
      eqeqeq: 'error',
      'no-bitwise': 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // It asks for the `!` that another rule forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // Numbers are what this product is made of; they read well in a template.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
    },
  },
  {
    files: deterministic,
    rules: {
      'no-restricted-globals': [
        'error',
        ...impure.map((name) => ({ name, message: 'A run depends on the virtual clock and the seed only.' })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: "Draw from the run's seeded generator." },
        ...impure.map((property) => ({ object: 'globalThis', property, message: 'No clock but the virtual one.' })),
      ],
    },
  },
  {
    // Sequence numbers wrap at 2^32, columns pack flags, generators mix bits: nowhere else.
    files: ['extension/engine/tcp/seq.ts', 'extension/trace/**', 'extension/**/random.ts', 'extension/**/rng.ts'],
    rules: { 'no-bitwise': 'off' },
  },
  {
    // The command line and the tools speak on the console.
    files: ['extension/cli/**', 'test/**', '*.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    // Tests name what a value must be, and fail where it is not; they build segments and columns by hand.
    files: ['test/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-bitwise': 'off' },
  },
);
