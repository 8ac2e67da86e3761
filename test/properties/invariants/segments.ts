import { broken, type MakeInvariant } from './invariant.ts';

/** Every segment, and every copy that the link makes of it, is delivered or dropped once, or on its way when the run ends: before a frozen host at that, or waiting within one. */
export const segments: MakeInvariant = (trace) => {
  const underWay = new Map<number, number>();
  const arrive = (segment: number): boolean => {
    const left = (underWay.get(segment) ?? 0) - 1;
    underWay.set(segment, left);
    return left >= 0;
  };
  const held = new Set<number>();
  const frozen = new Set<number>();
  let ended = '';
  return {
    see(event) {
      if (event.kind === 'segment.sent') underWay.set(event.id, 1);
      if (event.kind === 'segment.duplicated') underWay.set(event.segment, (underWay.get(event.segment) ?? 0) + 1);
      if ((event.kind === 'segment.delivered' || event.kind === 'segment.dropped') && !arrive(event.segment))
        broken(event, `segment ${event.segment} was already there`);
      if (event.kind === 'segment.held') held.add(event.segment);
      if (event.kind === 'host.frozen' && event.frozen) frozen.add(event.place);
      if (event.kind === 'run.ended') ended = event.reason;
    },
    end() {
      if (ended !== 'idle') return;
      for (const [segment, left] of underWay)
        if (left !== 0 && !held.has(segment) && !frozen.has(trace.eventOf('segment.sent', segment).from))
          throw new Error(`segment ${segment} sent at ${trace.timeAt(segment)} µs never got anywhere`);
    },
  };
};
