/** The panel's page before its scripts run. Free of the editor's API, so that a test can show the same page. */

export interface PageParts {
  /** Fresh for every page. */
  readonly nonce: string;
  /** Where the page may take styles, fonts and pictures from (`Webview.cspSource`). */
  readonly source: string;
  readonly scripts: readonly string[];
  readonly styles: readonly string[];
  readonly language: string;
}

/**
 * Nothing is allowed but our own files: no connection, no frame, no script without the nonce. Mermaid writes a `<style>`
 * into its drawing, hence the inline styles.
 */
export function panelHtml({ nonce, source, scripts, styles, language }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'unsafe-inline'`,
    `font-src ${source}`,
    `img-src ${source} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TCP Scenarios</title>
${styles.map((style) => `<link rel="stylesheet" href="${attribute(style)}">`).join('\n')}
${scripts.map((script) => `<script nonce="${attribute(nonce)}" src="${attribute(script)}" defer></script>`).join('\n')}
</head>
<body></body>
</html>
`;
}

function attribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
}
