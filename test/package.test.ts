import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = (await listFiles({ cwd: root, packageManager: PackageManager.None })).map((file) =>
  file.replaceAll('\\', '/'),
);

it('the package holds what runs and what is read, and nothing else', () => {
  const wanted =
    /^(package\.json|package\.nls(\.[a-z-]+)?\.json|(README|CHANGELOG)[^/]*\.md|LICENSE(\.\w+)?|media\/(?!l10n\/|icon\.svg).+|dist\/[\w.]+\.(js|css|ttf)|dist\/catalogue\.json|dist\/l10n\/[\w.-]+\.json)$/i;
  expect(files.filter((file) => !wanted.test(file))).toEqual([]);
});

it('every file that the manifest names is in the package', () => {
  const named = pathsIn(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  expect(named).toContain('dist/extension.js');
  expect(named.filter((path) => !files.includes(path))).toEqual([]);
});

/** Every text of the manifest that looks like a path in the extension. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return /^\.?\/?(dist|media)\/\S+\.\w+$/.test(value) ? [value.replace(/^\.?\//, '')] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}
