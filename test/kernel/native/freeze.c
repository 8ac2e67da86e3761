/*
 * A stopped virtual machine, whose clock stands still. The kernel of a namespace is the machine's and goes on. Where nothing is pending in the
 * host's kernel, standing still and going on are the same: its programs are stopped, and what arrives waits, as in a tap's queue. Where
 * something is, nothing may be pending anywhere else: then it is the others for whom it is the same, whether they live through that time, and all
 * of it is left out of the recording's clock instead.
 */
#include "packet.h"

#include <signal.h>
#include <stdlib.h>

/* `tx_queue_len` of a tap. */
#define TAP_QUEUE 1000

/* In the order in which they came. */
static struct packet *first;
static int waiting[MAX_HOSTS];

static void signal_programs(const struct host *host, int what) {
  for (int i = 0; i < process_count; i++)
    if (&hosts[processes[i].host] == host && processes[i].running && processes[i].pid > 0) kill(processes[i].pid, what);
}

void freeze(struct host *host) {
  if (has_timers(host)) {
    for (int i = 0; i < host_count; i++)
      if (&hosts[i] != host && hosts[i].on && has_timers(&hosts[i])) die("freezing a host while timers are pending in its kernel and in another one");
    if (!cable_is_empty()) die("freezing a host while a timer of its kernel is pending and a packet is under way");
    time_stands_still = true;
  }
  host->frozen = true;
  signal_programs(host, SIGSTOP);
}

void wait_for_resume(struct packet *packet) {
  const int to = receiver_of(packet) - hosts;
  if (waiting[to] == TAP_QUEUE) {
    lose(packet, "host-frozen");
    return;
  }
  waiting[to]++;
  struct packet **at = &first;
  while (*at != NULL) at = &(*at)->next;
  packet->next = NULL;
  *at = packet;
}

void resume(struct host *host) {
  host->frozen = false;
  time_stands_still = false;
  waiting[host - hosts] = 0;
  for (struct packet **at = &first; *at != NULL;) {
    struct packet *packet = *at;
    if (receiver_of(packet) != host) {
      at = &packet->next;
      continue;
    }
    *at = packet->next;
    packet->due = now();
    hand_over(packet);
  }
  signal_programs(host, SIGCONT);
}

void finish_waiting(void) {
  for (const struct packet *packet = first; packet != NULL; packet = packet->next) report(packet, "under-way", end_time, 0);
}
