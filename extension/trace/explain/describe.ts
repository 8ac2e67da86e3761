import * as l10n from '@vscode/l10n';
import type { EventFields, EventId, EventOf, TraceEvent } from '../event.ts';
import { ACK } from '../schema.ts';
import type { Trace } from '../trace.ts';
import { describeExpectation } from './expectations.ts';
import { describeCall, describeReturn } from './calls.ts';
import { describeSetting } from './link-settings.ts';
import { describeLinkEvent } from './link-events.ts';
import { describeFlow, describeIcmp, describeMss } from './middlebox-events.ts';
import { describeMetrics } from './metrics-events.ts';
import { describeLastHop } from './neighbour-events.ts';
import { clock, flagNames, hostOf, placeTitle, segmentTitle, span, statementLabel, timerTitle } from './words.ts';

/** One sentence (without a full stop) that says what an event is. */
export function describeEvent(trace: Trace, id: EventId): string {
  return describe(trace, trace.event(id));
}

function describe(trace: Trace, event: TraceEvent): string {
  const where = placeTitle(trace, event.place);
  switch (event.kind) {
    case 'scenario.action':
      return statementLabel(trace, event.action);
    case 'scenario.skipped':
      return l10n.t('Not carried out: {0} ({1})', statementLabel(trace, event.action), skipReason(event.reason));
    case 'host.state':
      return hostState(where, event);
    case 'host.frozen':
      return event.frozen
        ? l10n.t('{0} freezes: its virtual machine is stopped, its clock stands still, and nobody is told', where)
        : l10n.t('{0} resumes: its clock goes on where it stood', where);
    case 'process.state':
      return processState(where, event);
    case 'process.signal':
      return event.ignored
        ? l10n.t('{0} is sent {1}, which it ignores', where, event.signal)
        : l10n.t('{0} is sent {1}: nobody can read any more what it writes', where, event.signal);
    case 'link.state':
      return linkState(trace, event);
    case 'link.changed':
      return describeSetting(trace, event);
    case 'end.opened':
      return event.how === 'connect'
        ? l10n.t('{0}: the kernel makes an end of the connection for connect()', where)
        : event.how === 'syn-cookie'
          ? l10n.t('{0}: the kernel makes an end of the connection from the SYN cookie that came back', where)
          : l10n.t('{0}: the kernel makes an end of the connection for the SYN that arrived', where);
    case 'end.gone':
      return l10n.t('{0} no longer exists: {1}', where, goneReason(event.reason));
    case 'listener.queue':
      return l10n.t(
        '{0}: the accept queue of port {2} holds {1} (Recv-Q {1}, Send-Q {3})',
        where,
        event.length,
        event.port,
        event.limit,
      );
    case 'call.entered':
      return describeCall(trace, event);
    case 'call.returned':
      return describeReturn(trace, event);
    case 'app.decided':
      return decision(trace, event);
    case 'segment.sent':
      return describeSegment(trace, event);
    case 'segment.delivered': {
      const segment = trace.eventOf('segment.sent', event.segment);
      return l10n.t(
        '{0} receives {1}, sent {2} earlier',
        where,
        segmentTitle(trace, segment),
        span(event.time - segment.time),
      );
    }
    case 'segment.held':
    case 'segment.dropped':
    case 'segment.duplicated':
    case 'segment.delayed':
    case 'segment.queued':
      return describeLinkEvent(trace, event);
    case 'segment.ignored': {
      const segment = trace.eventOf('segment.sent', event.segment);
      return l10n.t('{0} ignores {1}: {2}', where, segmentTitle(trace, segment), ignoredReason(event.reason));
    }
    case 'icmp.sent':
    case 'icmp.delivered':
    case 'icmp.dropped':
    case 'icmp.ignored':
      return describeIcmp(trace, event);
    case 'flow.state':
      return describeFlow(trace, event);
    case 'carrier.state':
    case 'device-queue.state':
    case 'route.state':
    case 'neighbour.state':
    case 'arp.sent':
    case 'arp.delivered':
    case 'arp.dropped':
      return describeLastHop(trace, event);
    case 'tcp.state':
      return l10n.t('{0}: {1} → {2}', where, event.from, event.to);
    case 'timer.armed':
      if (event.late > 0) {
        return l10n.t(
          '{0}: the {1} is set to {2}, {3} from now; the timer wheel fires it at {4}',
          where,
          timerTitle(event.timer),
          clock(event.deadline),
          span(event.deadline - event.time),
          clock(event.deadline + event.late),
        );
      }
      return l10n.t(
        '{0}: the {1} is set to {2}, {3} from now',
        where,
        timerTitle(event.timer),
        clock(event.deadline),
        span(event.deadline - event.time),
      );
    case 'timer.fired':
      return l10n.t('{0}: the {1} fires', where, timerTitle(event.timer));
    case 'timer.cancelled':
      return l10n.t('{0}: the {1} is cancelled', where, timerTitle(event.timer));
    case 'tcp.variables':
      return l10n.t('{0}: variables change', where);
    case 'tcp.error':
      return event.soft
        ? l10n.t('{0}: {1} is only remembered, in case the kernel gives up later', where, event.errno)
        : l10n.t('{0}: the kernel puts {1} on the socket', where, event.errno);
    case 'tcp.mss':
      return describeMss(trace, event);
    case 'metrics.saved':
    case 'metrics.used':
      return describeMetrics(trace, event);
    case 'tcp.undo':
      return l10n.t('{0}: cwnd and ssthresh are restored, {1}', where, undoReason(event.reason));
    case 'expectation':
      return describeExpectation(trace, event);
    case 'run.ended':
      return endReason(event.reason);
  }
}

/** `client sends keepalive probe 9/9: ACK, seq 0, ack 1, len 0`. */
function describeSegment(trace: Trace, event: EventOf<'segment.sent'>): string {
  const { seq, ack } = trace.relative(event);
  return l10n.t(
    '{0} sends {1}: {2}, seq {3}, ack {4}, len {5}',
    trace.placeName(hostOf(trace, event.from)),
    segmentTitle(trace, event),
    flagNames(event.flags),
    seq,
    (event.flags & ACK) === 0 ? '–' : ack,
    event.length,
  );
}

function skipReason(reason: EventFields<'scenario.skipped'>['reason']): string {
  switch (reason) {
    case 'process-dead':
      return l10n.t('the process was dead');
    case 'host-off':
      return l10n.t('the host had no power');
    case 'no-connection':
      return l10n.t('there was no such connection');
    case 'already-running':
      return l10n.t('it was already running');
    case 'host-frozen':
      return l10n.t('the host was frozen');
    case 'not-frozen':
      return l10n.t('the host was not frozen');
  }
}

function hostState(where: string, { reason }: EventOf<'host.state'>): string {
  switch (reason) {
    case 'power-loss':
      return l10n.t('{0} loses power', where);
    case 'boot':
      return l10n.t('{0} boots', where);
    case 'shutdown':
      return l10n.t('{0} has shut down', where);
  }
}

function processState(where: string, { reason }: EventOf<'process.state'>): string {
  switch (reason) {
    case 'started':
      return l10n.t('The process {0} starts', where);
    case 'forked':
      return l10n.t('The process {0} is forked: it begins with copies of its parent’s descriptors', where);
    case 'killed':
      return l10n.t('The process {0} is killed', where);
    case 'exited':
      return l10n.t('The process {0} exits', where);
    case 'signal':
      return l10n.t('The process {0} ends: it has left SIGPIPE at its default action', where);
    case 'host-off':
      return l10n.t('The process {0} is gone with its host', where);
    case 'shutdown':
      return l10n.t('The process {0} is ended, since its host shuts down', where);
  }
}

function linkState(trace: Trace, event: EventOf<'link.state'>): string {
  const link = trace.placeName(event.place);
  if (event.from === -1) return event.up ? l10n.t('{0} is restored', link) : l10n.t('{0} is cut', link);
  const from = trace.placeName(event.from);
  return event.up
    ? l10n.t('{0} is restored for what {1} sends', link, from)
    : l10n.t('{0} is cut for what {1} sends', link, from);
}

/** Why an end disappeared, as the end of a sentence. */
export function goneReason(reason: EventFields<'end.gone'>['reason']): string {
  switch (reason) {
    case 'closed':
      return l10n.t('both directions were closed in order');
    case 'reset':
      return l10n.t('a RST arrived');
    case 'refused':
      return l10n.t('the connection was refused');
    case 'unreachable':
      return l10n.t('the network said that the other end cannot be reached');
    case 'timed-out':
      return l10n.t('the kernel gave up waiting for an answer');
    case 'aborted':
      return l10n.t('it was aborted on this side');
    case 'host-off':
      return l10n.t('its host lost power');
    case 'orphan-timed-out':
      return l10n.t('nobody owns it any more, and nobody answered; no process is told');
    case 'fin-wait-2-timed-out':
      return l10n.t('nobody owns it any more, and the FIN of the other end did not come in time; nothing is sent');
    case 'time-wait-over':
      return l10n.t('the 60 s of TIME_WAIT are over');
    case 'replaced':
      return l10n.t('a new SYN took its place: its sequence number is beyond all of the old connection');
    case 'replaced-by-timestamp':
      return l10n.t('a new SYN took its place: its timestamp is newer than all of the old connection');
    case 'taken-over':
      return l10n.t('connect() on its own host took over its pair of ports');
    case 'accept-queue-full':
      return l10n.t(
        'the accept queue was full when its handshake was complete, and it was reset (tcp_abort_on_overflow)',
      );
    case 'not-sent':
      return l10n.t('its SYN-ACK could not leave the host again, and a half-open connection is not worth another try');
  }
}

/** Why a segment had no effect, as the end of a sentence. */
export function ignoredReason(reason: EventFields<'segment.ignored'>['reason']): string {
  switch (reason) {
    case 'rst-out-of-window':
      return l10n.t('the RST is not in the window');
    case 'rst-without-ack':
      return l10n.t('a RST without an acknowledgement does not end a connection that is being opened');
    case 'no-listener':
      return l10n.t('there is no socket for it, and it is not answered');
    case 'no-way-back':
      return l10n.t('there is no route back to its sender');
    case 'old-ack':
      return l10n.t('it acknowledges only what was acknowledged before');
    case 'ack-of-unsent-data':
      return l10n.t('it acknowledges data that was never sent');
    case 'not-for-this-state':
      return l10n.t('it means nothing in this state');
    case 'paws':
      return l10n.t('its timestamp is older than the last one (PAWS)');
    case 'no-receive-memory':
      return l10n.t('the receive buffer has no memory for it');
    case 'beyond-window':
      return l10n.t('it lies beyond the window that was offered');
    case 'rate-limited':
      return l10n.t('an answer was given less than 500 ms ago');
    case 'accept-queue-full':
      return l10n.t('the accept queue is full: one more connection than the backlog waits to be accepted');
    case 'syn-queue-full':
      return l10n.t('the SYN queue is full, and SYN cookies are off (tcp_syncookies)');
    case 'rfc1337':
      return l10n.t('no RST ends TIME_WAIT here (tcp_rfc1337)');
    case 'accept-deferred':
      return l10n.t('it brings no data, for which TCP_DEFER_ACCEPT makes the listener wait');
  }
}

function decision(trace: Trace, event: EventOf<'app.decided'>): string {
  const process = trace.placeName(event.process);
  switch (event.what) {
    case 'heartbeat-missed':
      return l10n.t('{0}: a heartbeat was not answered in time (misses in a row: {1})', process, event.value);
    case 'gave-up':
      return l10n.t('{0} gives up on {1}', process, trace.placeName(event.place));
    case 'idle-limit':
      return l10n.t('{0} closes {1}: nothing happened on it for too long', process, trace.placeName(event.place));
  }
}

function endReason(reason: EventFields<'run.ended'>['reason']): string {
  switch (reason) {
    case 'until':
      return l10n.t('The run ends here, as the scenario says');
    case 'idle':
      return l10n.t('The run ends: nothing will ever happen again');
    case 'event-limit':
      return l10n.t('The run was stopped: it reached the limit of events');
    case 'time-limit':
      return l10n.t('The run was stopped: it reached the limit of virtual time');
    case 'cancelled':
      return l10n.t('The run was cancelled');
  }
}

/** How it was found that nothing had to be sent again. */
export function undoReason(reason: EventFields<'tcp.undo'>['reason']): string {
  switch (reason) {
    case 'frto':
      return l10n.t('data that was sent only once has arrived: the timeout was needless (F-RTO)');
    case 'timestamps':
      return l10n.t('the acknowledgement echoes the first copy: sending again was needless');
    case 'dsack':
      return l10n.t('every retransmission is reported as a duplicate: sending again was needless');
  }
}
