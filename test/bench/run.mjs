// `npm run bench`: bundles the programs of this folder, compiles ns-3's where ns-3 is installed, and runs the report. See README.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const NS3_LIBRARIES = ['core', 'network', 'internet', 'applications', 'point-to-point', 'traffic-control'];

const folder = mkdtempSync(join(tmpdir(), 'tcpscn-bench-'));
try {
  await build({
    entryPoints: ['bulk', 'bulk-plan', 'catalogue', 'report'].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'es2023',
    // As it ships.
    minify: true,
    logLevel: 'warning',
    define: { 'import.meta.dirname': JSON.stringify(join(import.meta.dirname, '..', 'support')) },
  });
  const source = join(import.meta.dirname, 'ns3-bulk.cc');
  const libraries = NS3_LIBRARIES.map((name) => `-lns3-${name}`);
  const compiled = spawnSync('g++', ['-O2', '-std=c++17', '-o', join(folder, 'ns3-bulk'), source, ...libraries]);
  const args = [join(folder, 'report.cjs'), folder, compiled.status === 0 ? 'beside-ns3' : 'alone'];
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
