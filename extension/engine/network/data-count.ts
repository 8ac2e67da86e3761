import type { Segment } from '../tcp/segment.ts';
import { endSeq, has, SYN } from '../tcp/segment.ts';
import type { Seq } from '../tcp/seq.ts';
import { diff } from '../tcp/seq.ts';

/** What a segment is in the course of its connection. */
export interface DataCount {
  /** It carries sequence numbers that had not passed before. */
  readonly isNew: boolean;
  /** So many data segments of its connection have passed in this direction, this one included, copies not counted. */
  readonly number: number;
}

interface Course {
  readonly fromPort: number;
  readonly toPort: number;
  upTo: Seq;
  number: number;
}

/** Counts the data segments of each connection that pass in one direction. */
export class DataCounter {
  /** By pair of ports. A new SYN begins a new course. */
  private readonly courses = new Map<number, Course>();
  /** Most segments belong to the same one as the one before. */
  private latest: Course | undefined;
  /** Handed out anew for every segment. */
  private readonly answer = { isNew: false, number: 0 };

  /** What the segment is; holds until the next one is counted. */
  count(segment: Segment): DataCount {
    const end = endSeq(segment);
    const course = this.courseOf(segment);
    if (course === undefined || (has(segment, SYN) && diff(segment.seq, course.upTo) !== -1)) {
      const number = segment.length > 0 ? 1 : 0;
      const { fromPort, toPort } = segment;
      this.latest = { fromPort, toPort, upTo: end, number };
      this.courses.set(keyOf(segment), this.latest);
      return this.say(true, number);
    }
    const isNew = diff(end, course.upTo) > 0;
    if (isNew) {
      course.upTo = end;
      if (segment.length > 0) course.number++;
    }
    return this.say(isNew, course.number);
  }

  private say(isNew: boolean, number: number): DataCount {
    this.answer.isNew = isNew;
    this.answer.number = number;
    return this.answer;
  }

  private courseOf(segment: Segment): Course | undefined {
    const { latest } = this;
    if (latest?.fromPort === segment.fromPort && latest.toPort === segment.toPort) return latest;
    const found = this.courses.get(keyOf(segment));
    if (found !== undefined) this.latest = found;
    return found;
  }
}

function keyOf({ fromPort, toPort }: Segment): number {
  return fromPort * PORTS + toPort;
}

const PORTS = 65_536;
