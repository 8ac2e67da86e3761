/** Go to definition, references, highlights and rename: all from the one table of names. */
import * as l10n from '@vscode/l10n';
import type { LangiumDocument } from '../langium.ts';
import type {
  DefinitionParams,
  DocumentHighlight,
  DocumentHighlightParams,
  Location,
  LocationLink,
  Range,
  ReferenceParams,
  RenameParams,
  TextDocumentPositionParams,
  WorkspaceEdit,
} from '../lsp.ts';
import { rangeOfHeading } from '../parse/range.ts';
import { nameAt, rangeOf } from './document.ts';

export class ScenarioDefinitionProvider {
  getDefinition(document: LangiumDocument, params: DefinitionParams): LocationLink[] | undefined {
    const found = nameAt(document, params.position);
    if (found === undefined) return undefined;
    const { site, kind, range, scenario } = found;
    return scenario.names.declarations(kind, site.name).map((declaration) => ({
      originSelectionRange: range,
      targetUri: document.uri.toString(),
      targetRange: rangeOfHeading(declaration.node, declaration.property),
      targetSelectionRange: rangeOf(declaration),
    }));
  }
}

export class ScenarioReferencesProvider {
  findReferences(document: LangiumDocument, params: ReferenceParams): Location[] {
    const found = nameAt(document, params.position);
    if (found === undefined) return [];
    const { site, kind, scenario } = found;
    return scenario.names
      .occurrences(kind, site.name)
      .filter(({ declares }) => params.context.includeDeclaration || !declares)
      .map((occurrence) => ({ uri: document.uri.toString(), range: rangeOf(occurrence) }));
  }
}

export class ScenarioHighlightProvider {
  getDocumentHighlight(document: LangiumDocument, params: DocumentHighlightParams): DocumentHighlight[] | undefined {
    const found = nameAt(document, params.position);
    return found?.scenario.names
      .occurrences(found.kind, found.site.name)
      .map((occurrence) => ({ range: rangeOf(occurrence), kind: occurrence.declares ? WRITE : READ }));
  }
}

export class ScenarioRenameProvider {
  rename(document: LangiumDocument, params: RenameParams): WorkspaceEdit | undefined {
    const found = nameAt(document, params.position);
    if (found === undefined) return undefined;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(params.newName)) {
      throw new Error(l10n.t('A name consists of letters, digits and “_”, and begins with no digit.'));
    }
    const edits = found.scenario.names
      .occurrences(found.kind, found.site.name)
      .map((occurrence) => ({ range: rangeOf(occurrence), newText: params.newName }));
    return { changes: { [document.uri.toString()]: edits } };
  }

  prepareRename(document: LangiumDocument, params: TextDocumentPositionParams): Range | undefined {
    return nameAt(document, params.position)?.range;
  }
}

const READ = 2;
const WRITE = 3;
