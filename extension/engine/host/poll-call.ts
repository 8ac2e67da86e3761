/** poll() of a process: it returns whenever there is something that it has not told yet (`do_poll`, `tcp_poll`). */
import type { StreamDescriptor } from './descriptors.ts';
import { addedEvents, pollEvents } from './poll.ts';
import type { Process } from './process.ts';

/** Waits in poll() from now on. */
export function startPolling(process: Process, descriptor: StreamDescriptor): void {
  const { tcb } = descriptor;
  descriptor.polled = 0;
  const before = tcb.onEntered;
  tcb.onEntered = () => {
    before?.();
    look(process, descriptor);
  };
  look(process, descriptor);
}

function look(process: Process, descriptor: StreamDescriptor): void {
  if (descriptor.polled === undefined || !process.isOpen(descriptor)) return;
  const events = pollEvents(descriptor.tcb);
  const tells = addedEvents(descriptor.polled, events);
  descriptor.polled = events;
  if (tells) process.returnCall('poll', descriptor.tcb.place, events);
}
