/** Why a segment left: one sentence per reason. */
import * as l10n from '@vscode/l10n';
import type { EventOf } from '../event.ts';
import type { Trace } from '../trace.ts';
import { keepaliveKnob, sysctl } from './knobs.ts';
import { placeTitle, span } from './words.ts';

export function sendReason(trace: Trace, segment: EventOf<'segment.sent'>): string {
  const [first, second] = segment.args;
  switch (segment.reason) {
    case 'connect':
      return l10n.t('connect() opens the connection.');
    case 'syn-arrived':
      return l10n.t('A SYN arrived for a socket that listens.');
    case 'syn-cookie':
      return l10n.t(
        'A SYN arrived for a socket that listens, and is answered without being remembered: the sequence number is a cookie in which the acknowledgement brings back what is needed. Nobody will repeat this SYN-ACK.',
      );
    case 'crossing-syn':
      return l10n.t('A SYN of the other side arrived while our own was on its way: both open the same connection.');
    case 'handshake-completed':
      return l10n.t('The SYN-ACK arrived: its acknowledgement completes the handshake.');
    case 'application-sent':
      return l10n.t('The application sent data, and the windows let it go at once.');
    case 'window-opened':
      return l10n.t('An acknowledgement made room in the window for data that had been waiting.');
    case 'application-closed':
      return l10n.t('The socket was closed, or its process ended: the kernel closes this direction with a FIN.');
    case 'application-shut-down':
      return l10n.t('The application shut down its sending side; it can still receive.');
    case 'unread-data':
      return first === undefined
        ? l10n.t('The socket was closed with data that nobody had read, so the kernel resets instead of sending a FIN.')
        : l10n.t(
            'The socket was closed with {0} B that nobody had read, so the kernel resets instead of sending a FIN.',
            first,
          );
    case 'linger-zero':
      return l10n.t(
        'The socket was closed with SO_LINGER and no time to linger: what is queued is thrown away, and a RST takes the place of the FIN.',
      );
    case 'linger2-negative':
      return l10n.t('TCP_LINGER2 is negative: nobody waits in FIN_WAIT_2 for the FIN of the other end, it is refused.');
    case 'too-many-orphans':
      return l10n.t(
        'More sockets without a process exist than tcp_max_orphans = {0} allows: this one is thrown away with a RST.',
        first ?? sysctl(trace, segment.place, 'tcp_max_orphans'),
      );
    case 'quick-ack':
      return first === undefined
        ? l10n.t('The first segments of a connection are acknowledged at once (quick ACK mode).')
        : l10n.t('Acknowledged at once: quick ACK mode, {0} more to go.', first);
    case 'route-quick-ack':
      return l10n.t('The route to the other host asks for an acknowledgement at once (quickack).');
    case 'quick-ack-asked-for':
      return l10n.t('The application set TCP_QUICKACK: what waited for its acknowledgement is acknowledged at once.');
    case 'two-segments':
      return l10n.t('More than one full segment was unacknowledged: that is acknowledged at once.');
    case 'delayed-ack-timer':
      return first === undefined || first === 0
        ? l10n.t('The delayed ACK timer fired: nothing was sent that could have carried the acknowledgement.')
        : l10n.t(
            'The delayed ACK timer fired: in {0} nothing was sent that could have carried the acknowledgement.',
            span(first),
          );
    case 'application-read':
      return l10n.t('The application read what was waiting, so there is a larger window to tell of.');
    case 'fin-arrived':
      return l10n.t('A FIN arrived that is acknowledged at once.');
    case 'unacceptable-segment':
      return l10n.t(
        'A segment arrived that is not in the window (an old one, or a probe): the answer says what is expected instead.',
      );
    case 'no-receive-memory':
      return l10n.t(
        'Data in order had to be dropped: segments take more memory than their bytes, and the receive buffer is full. Until there is room the window is 0.',
      );
    case 'out-of-order':
      return l10n.t('Data arrived beyond a gap: the same acknowledgement once more tells what is missing.');
    case 'compressed-ack-timer':
      return l10n.t(
        'More data arrived beyond a gap after the first three duplicate ACKs: this one stands for {0} of them, sent {1} after the first.',
        first ?? 1,
        span(second ?? 0),
      );
    case 'many-gaps':
      return l10n.t(
        'Data arrived beyond yet another gap, and an acknowledgement may not have room to tell of all of them: what was being gathered, {0} duplicate ACKs, is told before.',
        first ?? 1,
      );
    case 'syn-in-synchronized-state':
      return l10n.t(
        'A SYN arrived on a connection that exists: the challenge ACK asks the other end whether it means that.',
      );
    case 'inexact-rst':
      return l10n.t(
        'A RST arrived that is in the window but not exactly at RCV.NXT: the challenge ACK asks whether it is genuine.',
      );
    case 'unacceptable-ack':
      return l10n.t('An acknowledgement arrived of something that could not be acknowledged.');
    case 'retransmission-timer':
      return second === undefined || second === 0
        ? l10n.t('The retransmission timer fired: the oldest segment is still unacknowledged.')
        : l10n.t(
            'The retransmission timer fired: the oldest segment is still unacknowledged. The wait doubles with every firing, up to {0} (backoff {1}).',
            span(sysctl(trace, segment.place, 'tcp_rto_max_ms') * 1000),
            second,
          );
    case 'backoff-reverted':
      return l10n.t(
        'An ICMP message took the last doubling of the retransmission timer back (RFC 6069), and the shorter wait was over already.',
      );
    case 'too-big-for-path':
      return l10n.t(
        'A router said that the path takes packets of {0} B at most. What was larger is lost, so it is sent again at once in smaller segments. It was not lost by congestion: cwnd stays as it is.',
        first ?? 0,
      );
    case 'firewall-rejects':
      return l10n.t('The firewall {0} answers in the name of the host that was meant.', trace.placeName(segment.place));
    case 'unknown-flow':
      return l10n.t(
        '{0} does not know the flow of the segment, and answers in the name of the host that was meant.',
        trace.placeName(segment.place),
      );
    case 'accept-deferred':
      return l10n.t(
        'No data has come for as long as TCP_DEFER_ACCEPT says. The SYN-ACK goes again, so that its acknowledgement opens the connection.',
      );
    case 'tail-loss-probe-timer':
      return l10n.t(
        'The tail loss probe timer fired: the last segment is sent again before the retransmission timer would, to draw an answer.',
      );
    case 'keepalive-timer':
      return keepaliveReason(trace, segment);
    case 'keepalive-gave-up': {
      const count = keepaliveKnob(trace, segment.place, segment.id, 'TCP_KEEPCNT');
      return l10n.t(
        'All {0} keepalive probes ({1} = {2}) stayed unanswered for {3}: the kernel gives up and says so with a RST.',
        first ?? count.value,
        count.name,
        count.value,
        span(second ?? 0),
      );
    }
    case 'persist-timer':
      return l10n.t('The persist timer fired: the window of the other end is still closed, so it is asked again.');
    case 'window-shrunk':
      return l10n.t(
        'The other end closed its window over data that is in flight: the oldest segment is sent again as a probe. This does not end while anything is answered.',
      );
    case 'host-had-refused':
      return l10n.t(
        'The host did not let it out when it was first to be sent, so it never counted as sent. The persist timer fired, and it is tried again.',
      );
    case 'corked-long-enough':
      return l10n.t(
        'TCP_CORK or MSG_MORE held this short segment back, and the persist timer fired: it waits no longer.',
      );
    case 'no-socket':
      return l10n.t('{0} has no socket for the segment that arrived.', placeTitle(trace, segment.from));
    case 'bad-ack-while-opening':
      return l10n.t('What arrived acknowledges something that this new connection never sent.');
    case 'syn-cookie-expired':
      return l10n.t(
        'What arrived answers a SYN cookie that was made too long ago: a cookie is good for one to two minutes, and nothing else is known of the connection.',
      );
    case 'accept-queue-full':
      return l10n.t(
        'The handshake is complete, but the accept queue is full, and tcp_abort_on_overflow says that the client is to be told.',
      );
    case 'data-after-close':
      return l10n.t('Data arrived for a socket from which nobody can read any more.');
    case 'listener-closed':
      return l10n.t('The listening socket was closed before anybody accepted this connection.');
    case 'time-wait':
      return l10n.t('A segment arrived for a connection in TIME_WAIT.');
    case 'rack-loss':
      return l10n.t(
        'Something sent later has arrived, and this did not, {0} after it was sent with a round trip of {1}: RACK counts it as lost.',
        span(first ?? 0),
        span(second ?? 0),
      );
    case 'reordering-timer':
      return l10n.t(
        'Something sent later had arrived. The reordering timer gave this segment a little longer, in case it was only overtaken; {0} after it was sent it counts as lost.',
        span(first ?? 0),
      );
    case 'duplicate-acks':
      return l10n.t(
        'As many duplicate ACKs as the threshold says ({0}): the oldest segment counts as lost, though its timer has not fired.',
        first ?? 3,
      );
    case 'partial-ack':
      return l10n.t(
        'The acknowledgement moved, but not past all that was in flight when the loss was noticed: the next segment is missing too.',
      );
    case 'slow-start-after-timeout':
      return l10n.t(
        'After the timeout everything in flight counts as lost. It goes out again in slow start, as acknowledgements open the congestion window.',
      );
    case 'frto-new-data':
      return l10n.t(
        'The first acknowledgement after a timeout has come. Instead of resending more, new data finds out whether the timeout was needless (F-RTO).',
      );
    case 'syn-in-time-wait':
      return first === 1
        ? l10n.t(
            'A SYN arrived for a connection in TIME_WAIT, with a timestamp older than the last one: it counts as a late copy. A client that means it answers with RST.',
          )
        : l10n.t(
            'A SYN arrived for a connection in TIME_WAIT that may be a late copy: neither its sequence number nor its timestamp is newer. A client that means it answers with RST.',
          );
  }
}

function keepaliveReason(trace: Trace, segment: EventOf<'segment.sent'>): string {
  const [number = 1, silence = 0] = segment.args;
  if (number <= 1) {
    const idle = keepaliveKnob(trace, segment.place, segment.id, 'TCP_KEEPIDLE');
    return l10n.t(
      'The keepalive timer fired: nothing was received for {0} ({1} = {2}).',
      span(silence),
      idle.name,
      idle.value,
    );
  }
  const count = keepaliveKnob(trace, segment.place, segment.id, 'TCP_KEEPCNT');
  return number === 2
    ? l10n.t('The keepalive timer fired; one probe was unanswered, fewer than {0} = {1}.', count.name, count.value)
    : l10n.t(
        'The keepalive timer fired; {0} probes were unanswered, fewer than {1} = {2}.',
        number - 1,
        count.name,
        count.value,
      );
}
