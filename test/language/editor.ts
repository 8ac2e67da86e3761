import { EmptyFileSystem, type LangiumDocument, URI } from '../../extension/language/langium.ts';
import type { Position } from '../../extension/language/lsp.ts';
import { createScenarioServices } from '../../extension/language/services/module.ts';

export const { shared, scenario } = createScenarioServices(EmptyFileSystem);
export const { lsp } = scenario;

let count = 0;

/** Opens a text as an editor would. `<|>` stands for the cursor and is taken out. */
export async function open(marked: string): Promise<{ document: LangiumDocument; position: Position; uri: string }> {
  const offset = marked.indexOf('<|>');
  const uri = URI.parse(`memory:///${count++}.tcpscn`);
  const document = shared.workspace.LangiumDocumentFactory.fromString(marked.replace('<|>', ''), uri);
  shared.workspace.LangiumDocuments.addDocument(document);
  await shared.workspace.DocumentBuilder.build([document], { validation: true });
  return { document, position: document.textDocument.positionAt(Math.max(0, offset)), uri: uri.toString() };
}

/** Parameters of any request about a place. */
export function at(uri: string, position: Position): { textDocument: { uri: string }; position: Position } {
  return { textDocument: { uri }, position };
}
