import {
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  EmptyFileSystem,
  inject,
  type LangiumCoreServices,
  type Module,
  type PartialLangiumCoreServices,
} from './langium.ts';
import { TcpscnGeneratedModule, TcpscnGeneratedSharedModule } from './generated/module.ts';
import { ExpectedTokensProvider } from './parse/expected-tokens.ts';
import { ScenarioLexer } from './parse/lexer.ts';
import { createRecoveringParser } from './parse/recovering-parser.ts';

/** What the scenario language changes in Langium's core, for the parser alone and for the server alike. */
export const scenarioCoreModule: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  parser: {
    Lexer: (services) => new ScenarioLexer(services),
    LangiumParser: (services) => createRecoveringParser(services),
    ParserErrorMessageProvider: () => new ExpectedTokensProvider(),
  },
};

/** Parser and what it needs, without files and without a server. */
export function createCoreServices(): LangiumCoreServices {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), TcpscnGeneratedSharedModule);
  const services = inject(createDefaultCoreModule({ shared }), TcpscnGeneratedModule, scenarioCoreModule);
  shared.ServiceRegistry.register(services);
  return services;
}
