import * as l10n from '@vscode/l10n';
import { EmptyFileSystem } from './langium.ts';
import { type Connection, startLanguageServer } from './lsp.ts';
import { createScenarioServices } from './services/module.ts';

/** What the editor passes when it starts the server. */
export interface ServerOptions {
  /** The editor's language, such as `zh-cn`. */
  readonly locale?: string;
  /** Contents of the bundle for it: English text → translation. Absent for English. */
  readonly l10nBundle?: Readonly<Record<string, string>> | string;
}

/** Starts the language server on a connection. It reads no files: it knows the documents that the editor sends. */
export function startServer(connection: Connection): void {
  const { shared } = createScenarioServices({ connection, ...EmptyFileSystem });
  shared.lsp.LanguageServer.onInitialize((params) => {
    const { l10nBundle } = (params.initializationOptions ?? {}) as ServerOptions;
    if (l10nBundle !== undefined) l10n.config({ contents: l10nBundle });
  });
  startLanguageServer(shared);
}
