import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { openUntitled } from './save-copy.ts';

type TemplateItem = vscode.QuickPickItem & { readonly file: string };

/** "New Scenario from Template…": a new document to begin from. `file` says which template without asking. */
export async function newFromTemplate(extensionUri: vscode.Uri, file: unknown): Promise<void> {
  const items = templates();
  const chosen =
    items.find((item) => item.file === file) ??
    (await vscode.window.showQuickPick(items, {
      title: l10n.t('New Scenario from Template'),
      placeHolder: l10n.t('What shall the scenario begin with?'),
      matchOnDetail: true,
    }));
  if (chosen === undefined) return;
  const uri = vscode.Uri.joinPath(extensionUri, 'media', 'templates', chosen.file);
  await openUntitled(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
}

function templates(): TemplateItem[] {
  return [
    {
      file: 'one-failure.tcpscn',
      label: l10n.t('One failure'),
      detail: l10n.t('Two hosts, one connection, and a process that is killed.'),
    },
    {
      file: 'variants.tcpscn',
      label: l10n.t('One question, several variants'),
      detail: l10n.t('The same connection with and without keepalive, after a power loss.'),
    },
    {
      file: 'unplugged.tcpscn',
      label: l10n.t('A cable that is unplugged'),
      detail: l10n.t('Data is sent into a link that is cut for a while.'),
    },
  ];
}
