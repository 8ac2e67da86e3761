import { createDefaultCoreModule, inject, type Module } from '../langium.ts';
import { TcpscnGeneratedModule, TcpscnGeneratedSharedModule } from '../generated/module.ts';
import {
  createDefaultLSPModule,
  createDefaultSharedModule,
  type LangiumServices,
  type LangiumSharedServices,
  type PartialLangiumServices,
  type PartialLangiumSharedServices,
} from '../lsp.ts';
import { scenarioCoreModule } from '../module.ts';
import { ScenarioCompletionProvider } from './completion.ts';
import { ScenarioCodeActionProvider, ScenarioValidator } from './diagnostics.ts';
import { ScenarioHoverProvider } from './hover.ts';
import {
  ScenarioDefinitionProvider,
  ScenarioHighlightProvider,
  ScenarioReferencesProvider,
  ScenarioRenameProvider,
} from './navigation.ts';
import { ScenarioDocumentBuilder } from './document-builder.ts';
import { ScenarioDocumentUpdates } from './document-updates.ts';
import { ScenarioFoldingProvider, ScenarioSymbolProvider } from './outline.ts';

const scenarioServicesModule: Module<LangiumServices, PartialLangiumServices> = {
  validation: { DocumentValidator: (services) => new ScenarioValidator(services) },
  lsp: {
    CompletionProvider: (services) => new ScenarioCompletionProvider(services),
    HoverProvider: () => new ScenarioHoverProvider(),
    DefinitionProvider: () => new ScenarioDefinitionProvider(),
    ReferencesProvider: () => new ScenarioReferencesProvider(),
    DocumentHighlightProvider: () => new ScenarioHighlightProvider(),
    RenameProvider: () => new ScenarioRenameProvider(),
    DocumentSymbolProvider: () => new ScenarioSymbolProvider(),
    FoldingRangeProvider: () => new ScenarioFoldingProvider(),
    CodeActionProvider: () => new ScenarioCodeActionProvider(),
  },
};

const sharedServicesModule: Module<LangiumSharedServices, PartialLangiumSharedServices> = {
  workspace: { DocumentBuilder: (services) => new ScenarioDocumentBuilder(services) },
  lsp: { DocumentUpdateHandler: (services) => new ScenarioDocumentUpdates(services) },
};

/** Everything that the language server offers; also what the tests talk to. */
export function createScenarioServices(context: Parameters<typeof createDefaultSharedModule>[0]): {
  shared: LangiumSharedServices;
  scenario: LangiumServices;
} {
  const shared = inject(createDefaultSharedModule(context), TcpscnGeneratedSharedModule, sharedServicesModule);
  const scenario = inject(
    createDefaultCoreModule({ shared }),
    createDefaultLSPModule({ shared }),
    TcpscnGeneratedModule,
    scenarioCoreModule,
    scenarioServicesModule,
  );
  shared.ServiceRegistry.register(scenario);
  return { shared, scenario };
}
