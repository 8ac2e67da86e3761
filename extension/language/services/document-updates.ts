import { type TextDocument, URI } from '../langium.ts';
import { DefaultDocumentUpdateHandler, type TextDocumentChangeEvent } from '../lsp.ts';

/**
 * Forgets a document when its editor closes it.
 *
 * Langium keeps closed documents and reads them from the disk when they are built again. This server has no disk: one document
 * that was closed before it was built, or changed on the disk afterwards, would fail every later build, and no file would be
 * checked any more.
 */
export class ScenarioDocumentUpdates extends DefaultDocumentUpdateHandler {
  didCloseDocument({ document }: TextDocumentChangeEvent<TextDocument>): void {
    this.fireDocumentUpdate([], [URI.parse(document.uri)]);
  }
}
