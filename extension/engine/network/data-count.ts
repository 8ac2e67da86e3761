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
  upTo: Seq;
  number: number;
}

/** Counts the data segments of each connection that pass in one direction. */
export class DataCounter {
  /** By pair of ports. A new SYN begins a new course. */
  private readonly courses = new Map<number, Course>();

  count(segment: Segment): DataCount {
    const key = segment.fromPort * PORTS + segment.toPort;
    const end = endSeq(segment);
    const course = this.courses.get(key);
    if (course === undefined || (has(segment, SYN) && diff(segment.seq, course.upTo) !== -1)) {
      const number = segment.length > 0 ? 1 : 0;
      this.courses.set(key, { upTo: end, number });
      return { isNew: true, number };
    }
    const isNew = diff(end, course.upTo) > 0;
    if (isNew) {
      course.upTo = end;
      if (segment.length > 0) course.number++;
    }
    return { isNew, number: course.number };
  }
}

const PORTS = 65_536;
