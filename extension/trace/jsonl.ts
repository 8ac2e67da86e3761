/**
 * A trace as JSON Lines (`.tcptrace`): a header line, then one line per event in order. Places and connections stand in
 * the header as they are at the end of the run. The schema is documented in `README.md` beside this file.
 */
import { TraceWriter } from './columns.ts';
import type { Connection, Place, TraceEvent } from './event.ts';
import type { TraceHeader } from './header.ts';
import type { EventKind, FieldType } from './schema.ts';
import { EVENT_SCHEMA, LATER_FIELDS, TRACE_VERSION } from './schema.ts';
import { Trace } from './trace.ts';

interface HeaderLine {
  readonly format: 'tcptrace';
  readonly header: TraceHeader;
  readonly places: readonly Place[];
  readonly connections: readonly Connection[];
}

/** The lines of a trace, each with its line feed. */
export function* traceToJsonLines(trace: Trace): Generator<string> {
  const header: HeaderLine = {
    format: 'tcptrace',
    header: trace.header,
    places: trace.places,
    connections: trace.connections,
  };
  yield `${JSON.stringify(header)}\n`;
  for (const event of trace.events()) yield `${JSON.stringify(event)}\n`;
}

/**
 * Reads what `traceToJsonLines` wrote.
 * @throws Error with the line's number when a line is not JSON, of an unknown version or kind, or out of order.
 */
export function traceFromJsonLines(text: string): Trace {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = headerLine(parseLine(lines[0] ?? '', 1));
  const writer = new TraceWriter(first.header);
  writer.places.splice(0, writer.places.length, ...first.places);
  writer.connections.push(...first.connections);
  for (let i = 1; i < lines.length; i++) {
    const line = parseLine(lines[i] ?? '', i + 1);
    try {
      const event = eventLine(line);
      writer.add(event.kind, event.time, event.place, event.cause, event);
    } catch (error) {
      throw new Error(`Line ${i + 1}: ${(error as Error).message}`, { cause: error });
    }
  }
  return new Trace(writer.finish());
}

function headerLine(line: unknown): HeaderLine {
  const { format, header, places, connections } = (line ?? {}) as Partial<Record<keyof HeaderLine, unknown>>;
  if (format !== 'tcptrace' || !Array.isArray(places) || !Array.isArray(connections)) {
    throw new Error('Line 1 is not the header of a TCP Scenarios trace');
  }
  const version = (header as Partial<TraceHeader> | undefined)?.version;
  if (version !== TRACE_VERSION) {
    throw new Error(`Line 1: trace version ${String(version)} is not supported; this reads version ${TRACE_VERSION}`);
  }
  return line as HeaderLine;
}

function eventLine(line: unknown): TraceEvent {
  const event = (line ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof event.kind !== 'string' || !Object.hasOwn(EVENT_SCHEMA, event.kind)) {
    throw new Error('not an event of this version');
  }
  const complete = { ...LATER_FIELDS[event.kind], ...event };
  const fields = { time: 'f64', place: 'place', cause: 'event', ...EVENT_SCHEMA[event.kind as EventKind] } as const;
  for (const [name, type] of Object.entries<FieldType>(fields)) {
    if (!fits(type, complete[name])) throw new Error(`"${name}" is missing or of the wrong kind`);
  }
  return complete as unknown as TraceEvent;
}

function fits(type: FieldType, value: unknown): boolean {
  if (typeof type === 'object') return typeof value === 'string' && type.enum.includes(value);
  switch (type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string';
    case 'numbers':
      return Array.isArray(value) && value.every((item) => typeof item === 'number');
    case 'changes':
      return (
        Array.isArray(value) && value.every((item, i) => (i % 2 === 0 ? whole(item, 0, 255) : typeof item === 'number'))
      );
    case 'f64':
      return typeof value === 'number' && Number.isFinite(value);
    case 'event':
    case 'place':
      return whole(value, -1, 2 ** 31 - 1);
    case 'u8':
      return whole(value, 0, 255);
    case 'u16':
    case 'port':
      return whole(value, 0, 65_535);
    case 'connection':
      return whole(value, 0, 2 ** 31 - 1);
    case 'u32':
      return whole(value, 0, 2 ** 32 - 1);
  }
}

function whole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`Line ${number} is not JSON`, { cause: error });
  }
}
