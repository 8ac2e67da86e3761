import { AstUtils } from '../langium.ts';
import type { Block, Section } from '../compile/section.ts';
import { statementsOf } from '../compile/section.ts';
import { rangeOfProperty } from '../parse/range.ts';
import * as messages from '../problems/messages.ts';
import { MAX_PROBLEMS, type ProblemList } from '../problems/problem.ts';
import type { NameKind } from './name-kind.ts';
import { namesIn, type NameSite } from './name-sites.ts';
import { nearest } from './suggestion.ts';

/** All names of a scenario. Within it, one name of one kind is one thing, however many variants declare it anew. */
export class SectionNames {
  readonly sites: readonly NameSite[];
  private readonly declared = new Map<NameKind, Map<string, NameSite[]>>();

  constructor(section: Section) {
    const blocks: Block[] = ['body', ...section.parts, ...section.variants];
    const sites: NameSite[] = [];
    for (const block of blocks) {
      if (block !== 'body') sites.push(...namesIn(block));
      for (const statement of statementsOf(section, block)) {
        for (const node of AstUtils.streamAst(statement)) sites.push(...namesIn(node));
      }
    }
    this.sites = sites;
    for (const site of sites) {
      const kind = site.kinds[0];
      if (!site.declares || kind === undefined) continue;
      const names = this.declared.get(kind) ?? new Map<string, NameSite[]>();
      this.declared.set(kind, names);
      const declarations = names.get(site.name);
      if (declarations === undefined) names.set(site.name, [site]);
      else declarations.push(site);
    }
  }

  /** Where a name is declared, in file order; empty when it is not. */
  declarations(kind: NameKind, name: string): readonly NameSite[] {
    return this.declared.get(kind)?.get(name) ?? [];
  }

  namesOf(kind: NameKind): string[] {
    return [...(this.declared.get(kind)?.keys() ?? [])];
  }

  /** The kind that a site turns out to be, where the language leaves it open. */
  kindOf(site: NameSite): NameKind | undefined {
    return site.kinds.find((kind) => this.declarations(kind, site.name).length > 0);
  }

  /** Every place that means the same thing as `site`, declarations included. */
  occurrences(kind: NameKind, name: string): NameSite[] {
    return this.sites.filter(
      (site) => site.name === name && (site.declares ? site.kinds[0] === kind : this.kindOf(site) === kind),
    );
  }

  /** Reports names that nothing in the scenario declares. */
  reportUnknown(section: Section, problems: ProblemList): void {
    const allKinds = [...this.declared.keys()];
    for (const site of this.sites) {
      if (problems.errorCount > MAX_PROBLEMS) return;
      if (site.declares || this.kindOf(site) !== undefined || section.brokenWords.has(site.name)) continue;
      const wanted = site.kinds.at(-1);
      if (wanted === undefined) continue;
      const known = site.kinds.flatMap((kind) => this.namesOf(kind));
      const suggestion = nearest(site.name, known);
      const isA = allKinds.find((kind) => this.declarations(kind, site.name).length > 0);
      const text =
        isA === 'moment' && wanted === 'value'
          ? messages.momentInArithmetic(site.name)
          : messages.unknownName(wanted, site.name, suggestion, isA === undefined ? { known } : { isA, known });
      problems.add(text, rangeOfProperty(site.node, site.property, site.index));
    }
  }

  /** Hints at what was declared and is never used. Moments and connections are worth naming for the reader's sake alone. */
  reportUnused(problems: ProblemList): void {
    const used = new Set(
      this.sites
        .filter(({ declares }) => !declares)
        .flatMap((site) => site.kinds.map((kind) => `${kind} ${site.name}`)),
    );
    for (const kind of ['host', 'process', 'value', 'part'] as const) {
      for (const name of this.namesOf(kind)) {
        const site = this.declarations(kind, name)[0];
        if (site === undefined || used.has(`${kind} ${name}`)) continue;
        problems.add(messages.unusedName(kind, name), rangeOfProperty(site.node, site.property));
      }
    }
  }
}
