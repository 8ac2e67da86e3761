import * as vscode from 'vscode';

/** Walking skeleton: one command that opens a page. */
export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('tcpscn.runScenario', () => {
      const root = vscode.Uri.joinPath(context.extensionUri, 'dist');
      const panel = vscode.window.createWebviewPanel('tcpscn.runScenario', 'TCP Scenarios', vscode.ViewColumn.Active, {
        enableScripts: true,
        localResourceRoots: [root],
      });
      const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(root, 'webview.js')).toString();
      panel.webview.html = `<!doctype html><html><head>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-skeleton'">
        </head><body><main></main><script nonce="skeleton" src="${script}"></script></body></html>`;
    }),
  );
}
