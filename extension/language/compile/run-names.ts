import type * as ast from '../generated/ast.ts';
import { rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import type { ProblemList } from '../problems/problem.ts';
import type { AstNode } from '../langium.ts';
import type { NameKind } from '../names/name-kind.ts';
import type { SectionNames } from '../names/section-names.ts';
import { type Block, type Section, statementsOf } from './section.ts';

/** A statement that opens a connection. */
export type Opening = ast.Timed & { readonly action: ast.Connects };

interface Declared {
  readonly host: ast.HostDecl;
  readonly link: ast.LinkDecl;
  readonly middlebox: ast.MiddleboxDecl;
  readonly process: ast.ProcessDecl;
  readonly connection: Opening;
  readonly moment: ast.Timed;
  readonly value: ast.Let;
}

/** The names that one run has. Only a `let` may be declared again, in another block: then the later one counts. */
export class RunNames {
  private readonly tables: { readonly [K in keyof Declared]: Map<string, Declared[K]> } = {
    host: new Map(),
    link: new Map(),
    middlebox: new Map(),
    process: new Map(),
    connection: new Map(),
    moment: new Map(),
    value: new Map(),
  };
  /** All statements that open a connection of that name: two where both sides connect to each other. */
  private readonly openings = new Map<string, Opening[]>();
  private readonly section: Section;
  private readonly all: SectionNames;
  private readonly run: string | undefined;
  private readonly problems: ProblemList;

  constructor(
    section: Section,
    all: SectionNames,
    blocks: readonly Block[],
    run: string | undefined,
    problems: ProblemList,
  ) {
    this.section = section;
    this.all = all;
    this.run = run;
    this.problems = problems;
    for (const block of blocks) {
      const lets = new Map<string, ast.Let>();
      for (const statement of statementsOf(section, block)) this.enter(statement, lets);
    }
  }

  /** What `name` stands for in this run; undefined, and reported, when it stands for nothing here. */
  find<K extends keyof Declared>(kind: K, name: string, node: AstNode, property: string): Declared[K] | undefined {
    const found = this.tables[kind].get(name);
    if (found === undefined && this.all.declarations(kind, name).length > 0 && !this.section.brokenWords.has(name)) {
      return void this.problems.add(messages.notInThisRun(kind, name, this.run), rangeOfProperty(node, property));
    }
    return found;
  }

  /** What `name` stands for, without a complaint when it stands for nothing. */
  get<K extends keyof Declared>(kind: K, name: string): Declared[K] | undefined {
    return this.tables[kind].get(name);
  }

  /** Whether `name` stands for anything of this kind. */
  has(kind: keyof Declared, name: string): boolean {
    return this.tables[kind].has(name);
  }

  /** The statements that open the connection, in file order. More than one has to be checked by who compiles them. */
  openingsOf(connection: string): readonly Opening[] {
    return this.openings.get(connection) ?? [];
  }

  /** A second statement that opens a connection of this name, without being the other side of the first. */
  reportOpenedAgain(opening: Opening): void {
    const [first = opening] = this.openingsOf(opening.action.opened);
    this.duplicate('connection', opening.action.opened, first, opening.action, 'opened');
  }

  /** In the order of declaration. */
  allOf<K extends keyof Declared>(kind: K): Declared[K][] {
    return [...this.tables[kind].values()];
  }

  private enter(statement: ast.BlockStatement, lets: Map<string, ast.Let>): void {
    switch (statement.$type) {
      case 'HostDecl':
        this.put('host', statement.name, statement, statement, 'name');
        return;
      case 'LinkDecl':
        this.put('link', statement.name, statement, statement, 'name');
        return;
      case 'MiddleboxDecl':
        this.put('middlebox', statement.name, statement, statement, 'name');
        return;
      case 'ProcessDecl':
        this.put('process', statement.name, statement, statement, 'name');
        return;
      case 'Let': {
        const earlier = lets.get(statement.name);
        if (earlier !== undefined) this.duplicate('value', statement.name, earlier, statement, 'name');
        lets.set(statement.name, statement);
        this.tables.value.set(statement.name, statement);
        return;
      }
      case 'Timed': {
        const { action, moment } = statement;
        if (moment !== undefined) this.put('moment', moment, statement, statement, 'moment');
        if (action.$type === 'Connects') {
          const opening = statement as Opening;
          this.openings.set(action.opened, [...this.openingsOf(action.opened), opening]);
          if (!this.tables.connection.has(action.opened)) this.tables.connection.set(action.opened, opening);
        }
        return;
      }
      default:
        return;
    }
  }

  private put<K extends keyof Declared>(
    kind: K,
    name: string,
    value: Declared[K],
    node: AstNode,
    property: string,
  ): void {
    const earlier = this.tables[kind].get(name);
    if (earlier === undefined) this.tables[kind].set(name, value);
    else this.duplicate(kind, name, earlier, node, property);
  }

  private duplicate(kind: NameKind, name: string, earlier: AstNode, node: AstNode, property: string): void {
    const line = (earlier.$cstNode?.range.start.line ?? 0) + 1;
    this.problems.add(messages.duplicateName(kind, name, line), rangeOfProperty(node, property));
  }
}
