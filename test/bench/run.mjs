// Bundles the benchmark and runs it: one process, so that every figure is taken on the same machine at the same time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const folder = mkdtempSync(join(tmpdir(), 'tcpscn-bench-'));
try {
  const outfile = join(folder, 'bench.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'engine.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
    define: { 'import.meta.dirname': JSON.stringify(join(import.meta.dirname, '..', 'support')) },
  });
  process.exitCode = spawnSync(process.execPath, [outfile], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
