import { Cancellation, DefaultDocumentBuilder, type DocumentState, type LangiumDocument } from '../langium.ts';

/**
 * Lets every document's result be told, even when the build is cancelled just then.
 *
 * Langium marks a document as validated first and tells its listeners next, which are not told when a newer change has cancelled
 * the build in between. The document stays marked, no later build validates it again, and its problems would never be shown.
 * They are right: a build is over before the next change is taken in.
 */
export class ScenarioDocumentBuilder extends DefaultDocumentBuilder {
  protected override notifyDocumentPhase(document: LangiumDocument, state: DocumentState): Promise<void> {
    return super.notifyDocumentPhase(document, state, Cancellation.CancellationToken.None);
  }
}
