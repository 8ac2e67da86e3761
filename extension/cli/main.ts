import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { play } from '../engine/play.ts';
import { parseScenarios } from '../language/index.ts';
import { runCli } from './cli.ts';
import { OutputClosed } from './environment.ts';
import { languageOf, loadTranslations, readText, recorderBelow, writerTo } from './node.ts';

async function main(): Promise<void> {
  const language = languageOf(process.env);
  // This file is dist/cli.js, whatever link or launcher led to it; the translations ship in dist/l10n.
  const root = join(__dirname, '..');
  loadTranslations(root, language);
  const [out, err] = [writerTo(process.stdout), writerTo(process.stderr)];
  try {
    process.exitCode = await runCli(process.argv.slice(2), {
      version: manifest.version,
      language,
      ...(process.stdout.isTTY ? { columns: process.stdout.columns } : {}),
      out,
      err,
      read: readText,
      parse: (text) => Promise.resolve(parseScenarios(text)),
      play,
      record: recorderBelow(root),
    });
  } catch (error) {
    process.exitCode = 2;
    if (!(error instanceof OutputClosed)) await err(`tcpscn: ${(error as Error).message}\n`).catch(() => undefined);
  }
}

void main();
