import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { CatalogueEntry } from './catalogue-entry.ts';

/** Scheme of the scenarios that ship with the extension. */
export const CATALOGUE_SCHEME = 'tcpscn-catalogue';

/**
 * The scenarios that ship with the extension, as a read-only file system of one folder. Everything that works on a file
 * works on them; only saving does not, and VS Code itself says so.
 */
export class Catalogue implements vscode.FileSystemProvider {
  private readonly index: vscode.Uri;
  private readonly folder: vscode.Uri;
  private known: Promise<readonly CatalogueEntry[]> | undefined;

  constructor(extensionUri: vscode.Uri) {
    this.index = vscode.Uri.joinPath(extensionUri, 'dist', 'catalogue.json');
    this.folder = vscode.Uri.joinPath(extensionUri, 'media', 'scenarios');
  }

  /** Makes the scenarios readable under their scheme. */
  register(): vscode.Disposable {
    const why = new vscode.MarkdownString(
      l10n.t('This scenario comes with TCP Scenarios. [Save a copy](command:tcpscn.saveCopy) to edit it.'),
    );
    why.isTrusted = { enabledCommands: ['tcpscn.saveCopy'] };
    return vscode.workspace.registerFileSystemProvider(CATALOGUE_SCHEME, this, { isReadonly: why });
  }

  /** All of them, in their order. */
  entries(): Promise<readonly CatalogueEntry[]> {
    this.known ??= readJson(this.index).then((value) => value as readonly CatalogueEntry[]);
    return this.known;
  }

  /** Where the editor finds it. */
  uriOf(entry: CatalogueEntry): vscode.Uri {
    return vscode.Uri.from({ scheme: CATALOGUE_SCHEME, path: `/${entry.file}` });
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return vscode.workspace.fs.readFile(await this.placeOf(uri));
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (uri.path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: (await this.readFile(uri)).byteLength };
  }

  async readDirectory(): Promise<[string, vscode.FileType][]> {
    return (await this.entries()).map(({ file }) => [file, vscode.FileType.File]);
  }

  /** What ships does not change while the extension runs. */
  readonly onDidChangeFile: vscode.Event<vscode.FileChangeEvent[]> = () => new vscode.Disposable(() => undefined);

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  /** Only what the index names is read: a link to anything else leads nowhere. */
  private async placeOf(uri: vscode.Uri): Promise<vscode.Uri> {
    const entry = (await this.entries()).find(({ file }) => uri.path === `/${file}`);
    if (entry === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return vscode.Uri.joinPath(this.folder, entry.file);
  }
}

async function readJson(uri: vscode.Uri): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
}
