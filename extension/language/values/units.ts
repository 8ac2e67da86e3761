export type Dimension = 'duration' | 'size' | 'rate' | 'share' | 'number';

/** Units of the language and how many microseconds, bytes, bits per second or parts per million each is. */
export const UNITS: ReadonlyMap<string, { readonly dimension: Dimension; readonly factor: bigint }> = new Map([
  ['us', { dimension: 'duration', factor: 1n }],
  ['ms', { dimension: 'duration', factor: 1_000n }],
  ['s', { dimension: 'duration', factor: 1_000_000n }],
  ['min', { dimension: 'duration', factor: 60_000_000n }],
  ['h', { dimension: 'duration', factor: 3_600_000_000n }],
  ['d', { dimension: 'duration', factor: 86_400_000_000n }],
  ['B', { dimension: 'size', factor: 1n }],
  ['KB', { dimension: 'size', factor: 1_000n }],
  ['KiB', { dimension: 'size', factor: 1_024n }],
  ['MB', { dimension: 'size', factor: 1_000_000n }],
  ['MiB', { dimension: 'size', factor: 1_048_576n }],
  ['bit/s', { dimension: 'rate', factor: 1n }],
  ['kbit/s', { dimension: 'rate', factor: 1_000n }],
  ['Mbit/s', { dimension: 'rate', factor: 1_000_000n }],
  ['Gbit/s', { dimension: 'rate', factor: 1_000_000_000n }],
  ['%', { dimension: 'share', factor: 10_000n }],
]);

/** Units as people write them elsewhere, with ours. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    us: 'µs μs usec usecs microsecond microseconds',
    ms: 'msec msecs millisecond milliseconds',
    s: 'sec secs second seconds',
    min: 'm mins minute minutes',
    h: 'hr hrs hour hours',
    d: 'day days',
    B: 'byte bytes octet octets',
    KB: 'k kB',
    KiB: 'kibibyte kibibytes',
    MiB: 'mebibyte mebibytes',
    'kbit/s': 'kbps kbit Kbit',
    'Mbit/s': 'Mbps mbps Mbit mbit',
    'Gbit/s': 'Gbps gbps Gbit gbit',
  }).flatMap(([unit, spellings]) => spellings.split(' ').map((spelling) => [spelling, unit] as const)),
);

/** Our unit for what somebody wrote instead. */
export function unitMeant(written: string): string | undefined {
  const lower = written.toLowerCase();
  return (
    OTHER_SPELLINGS.get(written) ??
    OTHER_SPELLINGS.get(lower) ??
    [...UNITS.keys()].find((unit) => unit.toLowerCase() === lower)
  );
}

/** The units of one dimension, smallest first. */
export function unitsOf(dimension: Dimension): string[] {
  return [...UNITS].filter(([, unit]) => unit.dimension === dimension).map(([name]) => name);
}
