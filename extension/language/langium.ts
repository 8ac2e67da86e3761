/** The one address of Langium: everything here imports it from this file, so that trading it touches this file. */
export {
  AstUtils,
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  createLangiumParser,
  CstUtils,
  DefaultDocumentValidator,
  DefaultLexer,
  DefaultLinker,
  DefaultScopeComputation,
  EmptyFileSystem,
  GrammarAST,
  GrammarUtils,
  inject,
  Module,
  URI,
} from 'langium';
export type {
  AstNode,
  CstNode,
  LangiumCoreServices,
  LangiumDocument,
  LangiumParser,
  LangiumSharedCoreServices,
  LexerResult,
  ParseResult,
  PartialLangiumCoreServices,
} from 'langium';
