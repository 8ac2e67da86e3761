/**
 * A trace as JSON Lines (`.tcptrace`): a header line, then one line per event in order. Places and connections stand in
 * the header as they are at the end of the run. The schema is documented in `README.md` beside this file.
 */
import { TraceWriter } from './columns.ts';
import type { Connection, EventFields, Place } from './event.ts';
import type { TraceHeader } from './header.ts';
import type { EventKind } from './schema.ts';
import { EVENT_SCHEMA, TRACE_VERSION } from './schema.ts';
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
  const first = parseLine(lines[0] ?? '', 1) as Partial<HeaderLine> | null;
  if (
    first?.format !== 'tcptrace' ||
    first.header === undefined ||
    !Array.isArray(first.places) ||
    !Array.isArray(first.connections)
  ) {
    throw new Error('Line 1 is not the header of a TCP Scenarios trace');
  }
  if (first.header.version !== TRACE_VERSION) {
    throw new Error(
      `Line 1: trace version ${String(first.header.version)} is not supported; this reads version ${TRACE_VERSION}`,
    );
  }
  const writer = new TraceWriter(first.header);
  writer.places.splice(0, writer.places.length, ...first.places);
  writer.connections.push(...first.connections);
  for (let i = 1; i < lines.length; i++) {
    const event = parseLine(lines[i] ?? '', i + 1) as {
      kind: EventKind;
      time: number;
      place: number;
      cause: number;
    } | null;
    if (event === null || !Object.hasOwn(EVENT_SCHEMA, event.kind))
      throw new Error(`Line ${i + 1} is not an event of this version`);
    try {
      writer.add(event.kind, event.time, event.place, event.cause, event as unknown as EventFields<EventKind>);
    } catch (error) {
      throw new Error(`Line ${i + 1}: ${(error as Error).message}`, { cause: error });
    }
  }
  return new Trace(writer.finish());
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`Line ${number} is not JSON`, { cause: error });
  }
}
