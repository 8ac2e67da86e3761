/** What governs an event: the section of the RFC and the function of the kernel. */
import type { EventFields } from '../event.ts';
import type { SegmentPurpose, SendReason, TimerName } from '../schema.ts';

/** Where a behaviour is laid down. */
export interface Rule {
  /** `RFC 9293 §3.8.4`. */
  readonly rfc?: string;
  /** A function of the Linux kernel, without parentheses. */
  readonly kernel?: string;
  /** The knob that changes it: a sysctl or socket option. */
  readonly sysctl?: string;
}

const PURPOSE_RULES: Record<SegmentPurpose, Rule> = {
  syn: { rfc: 'RFC 9293 §3.5', kernel: 'tcp_connect' },
  'syn-ack': { rfc: 'RFC 9293 §3.5', kernel: 'tcp_conn_request' },
  data: { rfc: 'RFC 9293 §3.8', kernel: 'tcp_write_xmit' },
  ack: { rfc: 'RFC 9293 §3.8.6.3', kernel: '__tcp_ack_snd_check' },
  fin: { rfc: 'RFC 9293 §3.6', kernel: 'tcp_send_fin' },
  rst: { rfc: 'RFC 9293 §3.5.2', kernel: 'tcp_v4_send_reset' },
  'syn-retransmission': { rfc: 'RFC 6298 §5', kernel: 'tcp_retransmit_timer', sysctl: 'tcp_syn_retries' },
  'syn-ack-retransmission': { rfc: 'RFC 6298 §5', kernel: 'reqsk_timer_handler', sysctl: 'tcp_synack_retries' },
  'rto-retransmission': { rfc: 'RFC 6298 §5.4–5.6', kernel: 'tcp_retransmit_timer', sysctl: 'tcp_retries2' },
  'fast-retransmission': { rfc: 'RFC 5681 §3.2, RFC 8985 §6', kernel: 'tcp_enter_recovery' },
  'path-mtu-retransmission': { rfc: 'RFC 1191 §6.5', kernel: 'tcp_simple_retransmit' },
  'tail-loss-probe': { rfc: 'RFC 8985 §7', kernel: 'tcp_send_loss_probe', sysctl: 'tcp_early_retrans' },
  'keepalive-probe': { rfc: 'RFC 9293 §3.8.4', kernel: 'tcp_keepalive_timer' },
  'window-probe': { rfc: 'RFC 9293 §3.8.6.1', kernel: 'tcp_send_probe0', sysctl: 'tcp_retries2' },
  'challenge-ack': { rfc: 'RFC 5961', kernel: 'tcp_send_challenge_ack', sysctl: 'tcp_invalid_ratelimit' },
  'duplicate-ack': { rfc: 'RFC 9293 §3.10.7.4', kernel: 'tcp_send_dupack', sysctl: 'tcp_invalid_ratelimit' },
  'window-update': { rfc: 'RFC 9293 §3.8.6.2.2', kernel: '__tcp_cleanup_rbuf' },
};

/** Where the reason says more than the purpose. */
const REASON_RULES: Partial<Record<SendReason, Rule>> = {
  'handshake-completed': { rfc: 'RFC 9293 §3.5', kernel: 'tcp_rcv_synsent_state_process' },
  'application-closed': { rfc: 'RFC 9293 §3.6', kernel: '__tcp_close' },
  'application-shut-down': { rfc: 'RFC 9293 §3.6.1', kernel: 'tcp_shutdown' },
  'unread-data': { rfc: 'RFC 9293 §3.6.1, RFC 2525 §2.17', kernel: '__tcp_close' },
  'linger-zero': { rfc: 'RFC 9293 §3.10.5', kernel: 'tcp_disconnect', sysctl: 'SO_LINGER' },
  'linger2-negative': { kernel: '__tcp_close', sysctl: 'TCP_LINGER2' },
  'too-many-orphans': { kernel: 'tcp_check_oom', sysctl: 'tcp_max_orphans' },
  'quick-ack': { rfc: 'RFC 9293 §3.8.6.3', kernel: 'tcp_in_quickack_mode' },
  'route-quick-ack': { rfc: 'RFC 9293 §3.8.6.3', kernel: 'tcp_in_quickack_mode' },
  'quick-ack-asked-for': { kernel: '__tcp_sock_set_quickack', sysctl: 'TCP_QUICKACK' },
  'two-segments': { rfc: 'RFC 9293 §3.8.6.3', kernel: '__tcp_ack_snd_check' },
  'delayed-ack-timer': { rfc: 'RFC 9293 §3.8.6.3', kernel: 'tcp_delack_timer_handler' },
  'application-read': { rfc: 'RFC 9293 §3.8.6.2.2', kernel: '__tcp_cleanup_rbuf' },
  'fin-arrived': { rfc: 'RFC 9293 §3.10.7.4', kernel: 'tcp_fin' },
  'compressed-ack-timer': { kernel: 'tcp_compressed_ack_kick', sysctl: 'tcp_comp_sack_nr' },
  'no-receive-memory': { kernel: 'tcp_try_rmem_schedule', sysctl: 'SO_RCVBUF' },
  'out-of-order': { rfc: 'RFC 5681 §4.2', kernel: 'tcp_data_queue_ofo' },
  'many-gaps': { rfc: 'RFC 2018 §4', kernel: 'tcp_sack_compress_send_ack' },
  'syn-in-synchronized-state': { rfc: 'RFC 5961 §4', kernel: 'tcp_validate_incoming' },
  'inexact-rst': { rfc: 'RFC 5961 §3', kernel: 'tcp_validate_incoming' },
  'unacceptable-ack': { rfc: 'RFC 5961 §5', kernel: 'tcp_ack' },
  'window-shrunk': { rfc: 'RFC 9293 §3.8.6', kernel: 'tcp_rtx_probe0_timed_out' },
  'backoff-reverted': { rfc: 'RFC 6069 §3', kernel: 'tcp_ld_RTO_revert' },
  'firewall-rejects': { rfc: 'RFC 9293 §3.5.2', kernel: 'nf_send_reset' },
  'unknown-flow': { rfc: 'RFC 5382 §4.3' },
  'accept-deferred': { kernel: 'syn_ack_recalc', sysctl: 'TCP_DEFER_ACCEPT' },
  'keepalive-gave-up': { rfc: 'RFC 9293 §3.8.4', kernel: 'tcp_send_active_reset' },
  'host-had-refused': { kernel: 'tcp_send_probe0' },
  'corked-long-enough': { kernel: 'tcp_write_wakeup', sysctl: 'TCP_CORK' },
  'no-socket': { rfc: 'RFC 9293 §3.5.2', kernel: 'tcp_v4_send_reset' },
  'bad-ack-while-opening': { rfc: 'RFC 9293 §3.10.7.3', kernel: 'tcp_rcv_synsent_state_process' },
  'syn-cookie': { rfc: 'RFC 4987 §3.6', kernel: 'cookie_v4_init_sequence', sysctl: 'tcp_syncookies' },
  'crossing-syn': { rfc: 'RFC 9293 §3.5', kernel: 'tcp_rcv_synsent_state_process' },
  'syn-cookie-expired': { rfc: 'RFC 4987 §3.6', kernel: 'cookie_v4_check', sysctl: 'tcp_syncookies' },
  'accept-queue-full': { kernel: 'tcp_check_req', sysctl: 'tcp_abort_on_overflow' },
  'data-after-close': { rfc: 'RFC 9293 §3.6.1', kernel: 'tcp_rcv_state_process' },
  'listener-closed': { kernel: 'inet_csk_listen_stop' },
  'syn-in-time-wait': { rfc: 'RFC 6191', kernel: 'tcp_timewait_state_process' },
  'time-wait': { rfc: 'RFC 9293 §3.10.7.4', kernel: 'tcp_timewait_state_process' },
  'rack-loss': { rfc: 'RFC 8985 §6.2', kernel: 'tcp_rack_detect_loss', sysctl: 'tcp_recovery' },
  'reordering-timer': { rfc: 'RFC 8985 §6.3', kernel: 'tcp_rack_reo_timeout', sysctl: 'tcp_recovery' },
  'duplicate-acks': { rfc: 'RFC 5681 §3.2, RFC 6582', kernel: 'tcp_newreno_mark_lost', sysctl: 'tcp_reordering' },
  'partial-ack': { rfc: 'RFC 6582 §3.2', kernel: 'tcp_newreno_mark_lost' },
  'slow-start-after-timeout': { rfc: 'RFC 5681 §3.1', kernel: 'tcp_xmit_retransmit_queue' },
  'frto-new-data': { rfc: 'RFC 5682 §3.1', kernel: 'tcp_process_loss', sysctl: 'tcp_frto' },
};

/** Same for all reasons: what the segment is decides. */
const BY_PURPOSE: ReadonlySet<SegmentPurpose> = new Set<SegmentPurpose>(['keepalive-probe']);

export function segmentRule(purpose: SegmentPurpose, reason: SendReason): Rule {
  return (BY_PURPOSE.has(purpose) ? undefined : REASON_RULES[reason]) ?? PURPOSE_RULES[purpose];
}

const TIMER_RULES: Record<TimerName, Rule> = {
  retransmission: { rfc: 'RFC 6298 §5', kernel: 'tcp_retransmit_timer' },
  'tail-loss-probe': { rfc: 'RFC 8985 §7', kernel: 'tcp_schedule_loss_probe', sysctl: 'tcp_early_retrans' },
  persist: { rfc: 'RFC 9293 §3.8.6.1', kernel: 'tcp_probe_timer' },
  'compressed-ack': { kernel: 'tcp_compressed_ack_kick', sysctl: 'tcp_comp_sack_delay_ns' },
  'delayed-ack': { rfc: 'RFC 9293 §3.8.6.3', kernel: 'tcp_send_delayed_ack' },
  keepalive: { rfc: 'RFC 9293 §3.8.4', kernel: 'tcp_keepalive_timer', sysctl: 'tcp_keepalive_time' },
  'fin-wait-2': { kernel: 'tcp_fin_time', sysctl: 'tcp_fin_timeout' },
  'time-wait': { rfc: 'RFC 9293 §3.6', kernel: 'tcp_time_wait' },
  'syn-ack': { rfc: 'RFC 6298 §5', kernel: 'reqsk_timer_handler', sysctl: 'tcp_synack_retries' },
  reordering: { rfc: 'RFC 8985 §6.3', kernel: 'tcp_rack_reo_timeout', sysctl: 'tcp_recovery' },
};

export function timerRule(timer: TimerName): Rule {
  return TIMER_RULES[timer];
}

const MSS_RULES: Record<EventFields<'tcp.mss'>['reason'], Rule> = {
  path: { rfc: 'RFC 1191 §6.3, RFC 9293 §3.7.2', kernel: 'tcp_v4_mtu_reduced' },
  expired: { rfc: 'RFC 1191 §6.3', kernel: 'tcp_current_mss', sysctl: 'mtu_expires' },
  'black-hole': { rfc: 'RFC 4821 §7.7', kernel: 'tcp_mtu_probing', sysctl: 'tcp_mtu_probing' },
};

/** What governs how much a segment carries. */
export function mssRule(reason: EventFields<'tcp.mss'>['reason']): Rule {
  return MSS_RULES[reason];
}

/** What governs what connections leave to later ones. */
export const METRICS_SAVED: Rule = { rfc: 'RFC 9040', kernel: 'tcp_update_metrics', sysctl: 'tcp_no_metrics_save' };
export const METRICS_USED: Rule = { rfc: 'RFC 9040', kernel: 'tcp_init_metrics', sysctl: 'tcp_no_metrics_save' };

const UNDO_RULES: Record<EventFields<'tcp.undo'>['reason'], Rule> = {
  frto: { rfc: 'RFC 5682 §3.1', kernel: 'tcp_process_loss', sysctl: 'tcp_frto' },
  timestamps: { rfc: 'RFC 3522, RFC 4015', kernel: 'tcp_packet_delayed', sysctl: 'tcp_timestamps' },
  dsack: { rfc: 'RFC 3708', kernel: 'tcp_try_undo_dsack', sysctl: 'tcp_dsack' },
};

export function undoRule(reason: EventFields<'tcp.undo'>['reason']): Rule {
  return UNDO_RULES[reason];
}

const GONE_RULES: Record<EventFields<'end.gone'>['reason'], Rule> = {
  closed: { rfc: 'RFC 9293 §3.6', kernel: 'tcp_done' },
  reset: { rfc: 'RFC 9293 §3.5.3', kernel: 'tcp_reset' },
  refused: { rfc: 'RFC 9293 §3.10.7.3', kernel: 'tcp_reset' },
  unreachable: { rfc: 'RFC 1122 §4.2.3.9', kernel: 'tcp_v4_err' },
  'timed-out': { rfc: 'RFC 9293 §3.8.3', kernel: 'tcp_write_err' },
  aborted: { rfc: 'RFC 9293 §3.10.5', kernel: '__tcp_close' },
  'host-off': { rfc: 'RFC 9293 §3.5.1' },
  'orphan-timed-out': { kernel: 'tcp_orphan_retries', sysctl: 'tcp_orphan_retries' },
  'fin-wait-2-timed-out': { kernel: 'tcp_fin_time', sysctl: 'tcp_fin_timeout' },
  'time-wait-over': { rfc: 'RFC 9293 §3.6', kernel: 'tw_timer_handler' },
  'accept-queue-full': { kernel: 'tcp_check_req', sysctl: 'tcp_abort_on_overflow' },
  replaced: { rfc: 'RFC 6191', kernel: 'tcp_timewait_state_process' },
  'replaced-by-timestamp': { rfc: 'RFC 6191', kernel: 'tcp_timewait_state_process' },
  'taken-over': { kernel: 'tcp_twsk_unique', sysctl: 'tcp_tw_reuse' },
  'not-sent': { kernel: 'reqsk_timer_handler' },
};

export function goneRule(reason: EventFields<'end.gone'>['reason']): Rule {
  return GONE_RULES[reason];
}

const IGNORED_RULES: Record<EventFields<'segment.ignored'>['reason'], Rule> = {
  'rst-out-of-window': { rfc: 'RFC 5961 §3', kernel: 'tcp_validate_incoming' },
  'rst-without-ack': { rfc: 'RFC 9293 §3.10.7.3', kernel: 'tcp_rcv_synsent_state_process' },
  'no-listener': { rfc: 'RFC 9293 §3.5.2', kernel: 'tcp_v4_send_reset' },
  'old-ack': { rfc: 'RFC 9293 §3.10.7.4', kernel: 'tcp_ack' },
  'ack-of-unsent-data': { rfc: 'RFC 9293 §3.10.7.4', kernel: 'tcp_ack' },
  'not-for-this-state': { rfc: 'RFC 9293 §3.10.7', kernel: 'tcp_rcv_state_process' },
  paws: { rfc: 'RFC 7323 §5', kernel: 'tcp_paws_discard' },
  'beyond-window': { rfc: 'RFC 9293 §3.10.7.4', kernel: 'tcp_data_queue' },
  'no-receive-memory': { kernel: 'tcp_can_ingest', sysctl: 'SO_RCVBUF' },
  'accept-queue-full': { kernel: 'sk_acceptq_is_full', sysctl: 'somaxconn' },
  'syn-queue-full': { rfc: 'RFC 4987 §3.1', kernel: 'tcp_conn_request', sysctl: 'tcp_syncookies' },
  'accept-deferred': { kernel: 'tcp_check_req' },
  rfc1337: { rfc: 'RFC 1337', kernel: 'tcp_timewait_state_process', sysctl: 'tcp_rfc1337' },
  'no-way-back': { kernel: 'tcp_conn_request' },
  'rate-limited': { kernel: 'tcp_oow_rate_limited', sysctl: 'tcp_invalid_ratelimit' },
};

export function ignoredRule(reason: EventFields<'segment.ignored'>['reason']): Rule {
  return IGNORED_RULES[reason];
}
