/** The catalogue of problems: one function each. Sentences are made when they are needed, since the language is set late. */
import * as l10n from '@vscode/l10n';
import type { NameKind } from '../names/name-kind.ts';
import type { ProblemCode } from './codes.ts';
import type { ProblemText, Severity } from './problem.ts';

function text(code: ProblemCode, message: string, replacement?: string, severity: Severity = 'error'): ProblemText {
  return { code, severity, message, ...(replacement === undefined ? {} : { data: { replacement } }) };
}

/** Appends "did you mean" when there is something near. */
function withSuggestion(code: ProblemCode, message: string, suggestion: string | undefined): ProblemText {
  if (suggestion === undefined) return text(code, message);
  return text(code, `${message} ${l10n.t('Did you mean “{0}”?', suggestion)}`, suggestion);
}

/** A kind of name with its article, for sentences. */
function aKind(kind: NameKind): string {
  switch (kind) {
    case 'host':
      return l10n.t('a host');
    case 'link':
      return l10n.t('a link');
    case 'middlebox':
      return l10n.t('a router, firewall or NAT');
    case 'process':
      return l10n.t('a process');
    case 'connection':
      return l10n.t('a connection');
    case 'moment':
      return l10n.t('a moment');
    case 'value':
      return l10n.t('a value');
    case 'part':
      return l10n.t('a part');
  }
}

/** Where a name of this kind comes from. */
function howToDeclare(kind: NameKind, name: string): string {
  switch (kind) {
    case 'host':
      return `host ${name}`;
    case 'link':
      return `link ${name} between … and …`;
    case 'middlebox':
      return `router ${name} on …`;
    case 'process':
      return `process ${name} on …`;
    case 'connection':
      return `… connects to … as ${name}`;
    case 'moment':
      return `at … as ${name}`;
    case 'value':
      return `let ${name} = …`;
    case 'part':
      return `part ${name} { … }`;
  }
}

// ---- Reading the text ----------------------------------------------------------------------------------------------

export const unexpectedText = (found: string, expected: readonly string[]): ProblemText =>
  text(
    'TCPSCN001',
    expected.length === 0
      ? l10n.t('“{0}” cannot stand here.', found)
      : l10n.t('“{0}” cannot stand here. Possible: {1}.', found, expected.join(', ')),
  );
export const unexpectedEnd = (expected: readonly string[]): ProblemText =>
  text(
    'TCPSCN001',
    expected.length === 0
      ? l10n.t('The line ends too early.')
      : l10n.t('The line ends too early. Missing: {0}.', expected.join(l10n.t(' or '))),
  );
export const unknownStatement = (found: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN001', l10n.t('“{0}” begins no statement.', found), suggestion);
export const unknownVerb = (found: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN001', l10n.t('“{0}” is nothing that can be said here.', found), suggestion);
export const strangeCharacters = (found: string): ProblemText =>
  text('TCPSCN001', l10n.t('The language has no character “{0}”.', found));
export const unclosedText = (): ProblemText => text('TCPSCN002', l10n.t('The closing quotation mark is missing.'));
export const sameLine = (): ProblemText => text('TCPSCN003', l10n.t('Each statement stands on a line of its own.'));
export const beforeScenario = (): ProblemText =>
  text('TCPSCN004', l10n.t('A file begins with `scenario "…"`; this statement belongs to none.'));
export const fileTooLong = (limit: number): ProblemText =>
  text('TCPSCN005', l10n.t('The file is longer than {0} characters and is not read.', limit));
export const tooManyWords = (limit: number): ProblemText =>
  text('TCPSCN005', l10n.t('The file has more than {0} words and lines and is not read.', limit));
export const tooManyStrange = (limit: number): ProblemText =>
  text(
    'TCPSCN005',
    l10n.t('The file has more than {0} characters that the language does not have. Is it a scenario?', limit),
  );
export const tooManyProblems = (limit: number): ProblemText =>
  text('TCPSCN005', l10n.t('There are more than {0} problems in this file; the others are not listed.', limit));
export const tooManyRuns = (limit: number): ProblemText =>
  text(
    'TCPSCN005',
    l10n.t('The runs of this scenario have more than {0} statements in all; the rest is not read.', limit),
  );
export const lineTooLong = (limit: number): ProblemText =>
  text('TCPSCN005', l10n.t('The line has more than {0} words; the rest of it is not read.', limit));
export const nestedTooDeeply = (limit: number): ProblemText =>
  text('TCPSCN005', l10n.t('More than {0} parentheses inside each other are not read.', limit));
export const chainTooLong = (limit: number): ProblemText =>
  text('TCPSCN005', l10n.t('More than {0} names that build on each other are not followed.', limit));
export const tooManyBrokenLines = (): ProblemText =>
  text('TCPSCN005', l10n.t('Too many lines of this file cannot be read. Is it a scenario?'));
export const reservedWord = (word: string): ProblemText =>
  text('TCPSCN006', l10n.t('“{0}” is a word of the language and cannot be a name.', word));
export const unclosedBlock = (): ProblemText =>
  text('TCPSCN007', l10n.t('A block above is not closed: “}” is missing.'));

export const noScenario = (): ProblemText =>
  text(
    'TCPSCN008',
    l10n.t(
      'There is no scenario here yet. Begin with a line `scenario "…"`, or with the command “TCP: New Scenario from Template…”.',
    ),
    undefined,
    'information',
  );

// ---- Names ---------------------------------------------------------------------------------------------------------

export function unknownName(
  kind: NameKind,
  name: string,
  suggestion: string | undefined,
  others: { readonly isA?: NameKind; readonly known: readonly string[] },
): ProblemText {
  const { isA, known } = others;
  if (isA !== undefined) {
    return text('TCPSCN010', l10n.t('“{0}” is {1}; {2} belongs here.', name, aKind(isA), aKind(kind)));
  }
  if (suggestion !== undefined) {
    return withSuggestion(
      'TCPSCN010',
      l10n.t('There is no “{0}” here: {1} belongs here.', name, aKind(kind)),
      suggestion,
    );
  }
  const hint =
    known.length === 0
      ? l10n.t('Declare it with `{0}`.', howToDeclare(kind, name))
      : l10n.t('Possible: {0}.', known.slice(0, 8).join(', '));
  return text('TCPSCN010', `${l10n.t('There is no “{0}” here: {1} belongs here.', name, aKind(kind))} ${hint}`);
}
export const notInThisRun = (kind: NameKind, name: string, run: string | undefined): ProblemText =>
  text(
    'TCPSCN011',
    run === undefined
      ? l10n.t('“{0}” ({1}) belongs to a part or variant that is not part of this run.', name, aKind(kind))
      : l10n.t('“{0}” ({1}) does not exist in the variant “{2}”.', name, aKind(kind), run),
  );
export const duplicateName = (kind: NameKind | 'variant', name: string, line: number): ProblemText =>
  text(
    'TCPSCN012',
    kind === 'variant'
      ? l10n.t('There is already a variant “{0}” (line {1}).', name, line)
      : l10n.t('There is already {0} “{1}” (line {2}).', aKind(kind), name, line),
  );
export const cyclicLet = (name: string): ProblemText => text('TCPSCN013', l10n.t('“{0}” needs its own value.', name));
export const cyclicExtends = (title: string): ProblemText =>
  text('TCPSCN014', l10n.t('The variant “{0}” extends itself.', title));
export const unknownVariant = (title: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN015', l10n.t('There is no variant “{0}”.', title), suggestion);
export const unusedName = (kind: NameKind, name: string): ProblemText =>
  text('TCPSCN016', l10n.t('Nothing uses “{0}” ({1}).', name, aKind(kind)), undefined, 'hint');
export const repeatedText = (what: string): ProblemText =>
  text('TCPSCN017', l10n.t('“{0}” is given a second time.', what));
export const misplacedText = (what: string): ProblemText =>
  text('TCPSCN017', l10n.t('“{0}” belongs to the scenario, not into a block.', what));

// ---- Quantities ----------------------------------------------------------------------------------------------------

export const missingUnit = (number: string, units: readonly string[], guess: string | undefined): ProblemText =>
  text('TCPSCN020', l10n.t('The unit is missing: {0}.', units.map((unit) => `${number}${unit}`).join(', ')), guess);
export const unknownUnit = (unit: string, units: readonly string[], replacement: string | undefined): ProblemText =>
  text(
    'TCPSCN021',
    replacement === undefined
      ? l10n.t('“{0}” is no unit. Units: {1}.', unit, units.join(', '))
      : l10n.t('“{0}” is no unit. Did you mean “{1}”?', unit, replacement),
    replacement,
  );
export const wrongDimension = (wanted: string, given: string): ProblemText =>
  text('TCPSCN022', l10n.t('{0} belongs here, not {1}.', wanted, given));
export const notWhole = (what: string): ProblemText =>
  text('TCPSCN023', l10n.t('This is no whole number of {0}.', what));
export const outOfRange = (min: string, max: string): ProblemText =>
  text('TCPSCN024', l10n.t('The value must lie between {0} and {1}.', min, max));
export const tooSmall = (min: string): ProblemText => text('TCPSCN024', l10n.t('The value must be at least {0}.', min));
export const numberTooLong = (): ProblemText => text('TCPSCN024', l10n.t('This number is too large.'));
export const divisionByZero = (): ProblemText => text('TCPSCN025', l10n.t('This divides by zero.'));
export const queueWithoutUnit = (number: string): ProblemText =>
  text('TCPSCN020', l10n.t('The unit is missing: {0}.', `${number} packets, ${number} KB`), `${number} packets`);
export const senselessArithmetic = (left: string, operator: string, right: string): ProblemText =>
  text('TCPSCN025', l10n.t('{0} {1} {2} makes no sense.', left, operator, right));
export const momentInArithmetic = (name: string): ProblemText =>
  text('TCPSCN025', l10n.t('“{0}” is a moment: write `5ms after {0}`.', name));

// ---- Kernels, sysctls, options -------------------------------------------------------------------------------------

export const unknownSysctl = (name: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN030', l10n.t('There is no sysctl “{0}” here.', name), suggestion);
export const unknownRouteMetric = (
  name: string,
  known: readonly string[],
  suggestion: string | undefined,
): ProblemText =>
  withSuggestion(
    'TCPSCN030',
    l10n.t('There is no metric “{0}” of a route here. Possible: {1}.', name, known.join(', ')),
    suggestion,
  );
export const knobRange = (name: string, min: string, max: string): ProblemText =>
  text('TCPSCN031', l10n.t('{0} must lie between {1} and {2}.', name, min, max));
export const oneValue = (name: string): ProblemText => text('TCPSCN038', l10n.t('{0} has one value.', name));
export const severalValues = (name: string, parts: readonly string[], example: string): ProblemText =>
  text(
    'TCPSCN038',
    l10n.t('{0} has {1} values, {2}: `sysctl {0} = {3}`.', name, parts.length, parts.join(', '), example),
  );
export const bufferLimit = (option: string, limit: string, most: string, host: string, wanted: string): ProblemText =>
  text(
    'TCPSCN031',
    l10n.t(
      '{0} asks for more than net.core.{1} allows on “{2}”: the kernel takes {3} and does not say so. To get more: `sysctl {1} = {4} on {2}`.',
      option,
      limit,
      host,
      most,
      wanted,
    ),
    undefined,
    'warning',
  );
export const sysctlTooNew = (name: string, since: string, kernel: string): ProblemText =>
  text('TCPSCN032', l10n.t('{0} came with Linux {1}; this host runs {2}.', name, since, kernel));
export const unknownCongestionControl = (
  name: string,
  known: readonly string[],
  suggestion: string | undefined,
): ProblemText =>
  withSuggestion(
    'TCPSCN039',
    l10n.t('There is no congestion control “{0}” here, only {1}.', name, known.join(', ')),
    suggestion,
  );
export const unknownOption = (name: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN033', l10n.t('There is no socket option “{0}” here.', name), suggestion);
export const optionWithoutValue = (name: string): ProblemText =>
  text('TCPSCN034', l10n.t('{0} needs a value: `sets {0} = …`.', name));
export const badKernel = (): ProblemText => text('TCPSCN035', l10n.t('A kernel is written like `linux-6.12`.'));
export const badAddress = (): ProblemText => text('TCPSCN036', l10n.t('An address is written like `10.0.0.1`.'));
export const sameAddress = (address: string, host: string): ProblemText =>
  text('TCPSCN036', l10n.t('{0} is already the address of “{1}”.', address, host));

// ---- Time ----------------------------------------------------------------------------------------------------------

export const timeGoesBackward = (time: string, previous: string): ProblemText =>
  text('TCPSCN040', l10n.t('Time goes backward: {0}, but the statement above is at {1}.', time, previous));
export const afterNothing = (): ProblemText =>
  text(
    'TCPSCN041',
    l10n.t('`after` counts from the statement above in the same block, and there is none. Say `at …`.'),
  );
export const everyWithoutFrom = (): ProblemText => text('TCPSCN042', l10n.t('Say when it begins: `every … from …`.'));
export const momentWithoutTime = (name: string): ProblemText =>
  text('TCPSCN043', l10n.t('The time of “{0}” is only known during the run.', name));
export const afterTheEnd = (time: string, until: string): ProblemText =>
  text('TCPSCN044', l10n.t('The run ends at {0}; this would be at {1}.', until, time), undefined, 'warning');

export const beyondLimit = (time: string, limit: string): ProblemText =>
  text(
    'TCPSCN045',
    l10n.t(
      'A run is stopped at {0} of virtual time, unless the setting {1} says otherwise; this would be at {2}.',
      limit,
      'tcpScenarios.run.maxVirtualTime',
      time,
    ),
    undefined,
    'warning',
  );

// ---- What can happen -----------------------------------------------------------------------------------------------

export const notRunning = (process: string, time: string, cause: string, line: number): ProblemText =>
  text('TCPSCN050', l10n.t('“{0}” is not running at {1}: `{2}` (line {3}).', process, time, cause, line));
export const noPower = (host: string, time: string, cause: string, line: number): ProblemText =>
  text('TCPSCN051', l10n.t('“{0}” is off at {1}: `{2}` (line {3}).', host, time, cause, line));
export const alreadyOn = (host: string, time: string): ProblemText =>
  text('TCPSCN052', l10n.t('“{0}” is on at {1}.', host, time));
export const alreadyRunning = (process: string, time: string): ProblemText =>
  text('TCPSCN052', l10n.t('“{0}” is running at {1}; processes run from the beginning.', process, time));
export const notForkedYet = (process: string, time: string): ProblemText =>
  text('TCPSCN050', l10n.t('“{0}” does not run at {1}: nobody has forked it yet.', process, time));
export const isFrozen = (host: string, time: string, cause: string, line: number): ProblemText =>
  text('TCPSCN081', l10n.t('“{0}” is frozen at {1}: `{2}` (line {3}).', host, time, cause, line));
export const notFrozen = (host: string, time: string): ProblemText =>
  text('TCPSCN081', l10n.t('“{0}” is not frozen at {1}.', host, time));
export const forksItself = (): ProblemText =>
  text('TCPSCN080', l10n.t('The child needs a name of its own: `process worker on …`.'));
export const forksElsewhere = (child: string, parent: string, host: string): ProblemText =>
  text('TCPSCN080', l10n.t('A child runs where its parent does: `process {0} on {2}`, as {1}.', child, parent, host));
export const noLinkBetween = (a: string, b: string): ProblemText =>
  text('TCPSCN053', l10n.t('No link between “{0}” and “{1}”: `link wire between {0} and {1}`.', a, b));
export const connectsToOwnHost = (host: string): ProblemText =>
  text(
    'TCPSCN053',
    l10n.t(
      '“{0}” is the host of this process. On one host a socket can only connect to itself: from the port that it connects to.',
      host,
    ),
  );
export const linkToItself = (): ProblemText => text('TCPSCN054', l10n.t('A link joins two different hosts.'));
export const secondLink = (link: string, earlier: string, hosts: readonly string[], line: number): ProblemText =>
  text(
    'TCPSCN037',
    l10n.t(
      '“{0}” joins the same two hosts as “{1}” (line {2}): which way would a segment go from {3}? One link is enough.',
      link,
      earlier,
      line,
      hosts.join(l10n.t(' to ')),
    ),
  );
export const firstLink = (link: string): string => l10n.t('“{0}” joins them already.', link);
export const noEndOfConnection = (process: string, connection: string, owners: readonly string[]): ProblemText =>
  text(
    'TCPSCN055',
    l10n.t('“{0}” has no end of “{1}”. It belongs to {2}.', process, connection, owners.join(l10n.t(' and '))),
  );
export const hostHasNoEnd = (host: string, name: string, owners: readonly string[]): ProblemText =>
  text('TCPSCN056', l10n.t('“{0}” has no end of “{1}”: {2}.', host, name, owners.join(l10n.t(' and '))));
export const usedBeforeOpened = (connection: string, opened: string): ProblemText =>
  text('TCPSCN057', l10n.t('“{0}” is opened later, at {1}.', connection, opened));

export const overBeforeItBegins = (until: string, since: string): ProblemText =>
  text('TCPSCN058', l10n.t('This would be over at {0}, and it begins at {1}.', until, since));
export const onlyDataIsNumbered = (): ProblemText =>
  text('TCPSCN059', l10n.t('Only data segments are counted: write `segment 7`, or `the next …`.'));

export const doesNotFitMiddlebox = (name: string, kind: string, able: string): ProblemText =>
  text('TCPSCN090', l10n.t('“{0}” is a {1} and cannot do that; what it can: {2}.', name, kind, able));
export const unknownIcmpMessage = (words: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN091', l10n.t('“{0}” is no ICMP message.', words), suggestion);
export const notSideBySide = (one: string, other: string, link: string, order: readonly string[]): ProblemText =>
  text(
    'TCPSCN092',
    l10n.t('“{0}” and “{1}” do not stand side by side on “{2}”: {3}.', one, other, link, order.join(' – ')),
  );
export const middleboxOnSharedSegment = (name: string, link: string): ProblemText =>
  text('TCPSCN093', l10n.t('“{0}” cannot stand on “{1}”: on a shared segment the hosts are neighbours.', name, link));
export const hostWithoutLink = (host: string): ProblemText => text('TCPSCN053', l10n.t('“{0}” has no link.', host));

// ---- Expectations --------------------------------------------------------------------------------------------------

export const unknownState = (name: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN060', l10n.t('There is no state “{0}”.', name), suggestion);
export const unknownErrno = (name: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN061', l10n.t('There is no errno “{0}” here.', name), suggestion);
export const unknownSegmentClass = (words: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN062', l10n.t('“{0}” is no kind of segment.', words), suggestion);
export const unknownCall = (name: string, suggestion: string | undefined): ProblemText =>
  withSuggestion('TCPSCN063', l10n.t('There is no call “{0}” here.', name), suggestion);
export const expectedAfterTheEnd = (until: string): ProblemText =>
  text('TCPSCN064', l10n.t('The run ends at {0}; this would be later.', until));
export const nobodyReceives = (): ProblemText =>
  text('TCPSCN065', l10n.t('Say who received it, by counting the segments of one host: `… from client …`.'));
export const happensAtNoMoment = (isState: boolean): ProblemText =>
  text(
    'TCPSCN067',
    isState
      ? l10n.t('A state lasts and has no place in an order; its beginning has: `becomes`.')
      : l10n.t(
          'This has no place in an order. What has one: `sends`, `becomes`, `fails with`, `reads EOF`, `succeeds`, `gives up`.',
        ),
  );
export const windowReversed = (): ProblemText => text('TCPSCN066', l10n.t('The window ends before it begins.'));
export const noSeed = (line: number): ProblemText => ({
  code: 'TCPSCN071',
  severity: 'error',
  message: l10n.t('Chance needs a seed, so that every run draws the same: `seed 1`.'),
  data: { insertion: 'seed 1', line },
});
export const neverEnds = (what: string): ProblemText =>
  text('TCPSCN070', l10n.t('{0} could go on for ever. Say how long the run is: `run until …`.', what));
export const unknownPollEvent = (name: string, suggestion: string | undefined): ProblemText =>
  text(
    'TCPSCN082',
    suggestion === undefined
      ? l10n.t('poll() does not report “{0}”: IN, OUT, ERR, HUP or RDHUP.', name)
      : l10n.t('poll() does not report “{0}”. Did you mean “{1}”?', name, suggestion),
  );
export const onlyPollReports = (): ProblemText =>
  text('TCPSCN082', l10n.t('Only poll reports events, of one connection: `app’s poll on conn reports IN RDHUP`.'));
