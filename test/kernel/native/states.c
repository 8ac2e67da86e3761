/* The states of connection ends, as ss shows them: sock_diag, asked right after everything that can change one. */
#include "lab.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Numbers of include/net/tcp_states.h. */
static const char *const STATES[] = {"?",          "ESTABLISHED", "SYN_SENT",   "SYN_RECEIVED", "FIN_WAIT_1", "FIN_WAIT_2",   "TIME_WAIT",
                                     "CLOSED",     "CLOSE_WAIT",  "LAST_ACK",   "LISTEN",       "CLOSING",    "SYN_RECEIVED"};
#define TCP_CLOSE 7
#define TCP_LISTEN 10
/* Those of ends: not listeners, nor ports that are only bound (since Linux 6.8), for which the kernel looks through a large table. */
#define STATES_OF_ENDS (((1u << 13) - 1) & ~(1u << TCP_LISTEN))

struct end {
  int host;
  uint16_t local, remote;
  in_addr_t peer;
  int state;
  bool seen;
};
static struct end ends[4096];
static int end_count;

static void changed(struct host *host, const struct end *end, int state) {
  const char *name = name_of_port(end->local, end->remote);
  printf("state %lld %s %u %u %s %s\n", (long long)now(), host->name, end->local, end->remote, STATES[end->state], STATES[state]);
  timeline_state(name, host, STATES[state]);
}

static void take(struct host *host, const struct inet_diag_msg *message) {
  int state = message->idiag_state <= 12 ? message->idiag_state : 0;
  const uint16_t local = ntohs(message->id.idiag_sport), remote = ntohs(message->id.idiag_dport);
  if (state == TCP_CLOSE || remote == 0) return;
  struct end *end = NULL;
  for (int i = 0; i < end_count && end == NULL; i++) {
    if (ends[i].host == host - hosts && ends[i].local == local && ends[i].remote == remote && ends[i].peer == message->id.idiag_dst[0])
      end = &ends[i];
  }
  if (end == NULL) {
    if (end_count == 4096) return;
    end = &ends[end_count++];
    *end = (struct end){.host = host - hosts, .local = local, .remote = remote, .peer = message->id.idiag_dst[0], .state = TCP_CLOSE};
  }
  end->seen = true;
  const int before = end->state;
  if (strcmp(STATES[before], STATES[state]) != 0) {
    changed(host, end, state);
    end->state = state;
  }
}

bool may_vanish(void) {
  for (int i = 0; i < end_count; i++)
    if (strcmp(STATES[ends[i].state], "ESTABLISHED") != 0 && strcmp(STATES[ends[i].state], "SYN_SENT") != 0) return true;
  return false;
}

/* Has `each` see all sockets but listeners. @return whether the kernel told of them */
static bool ask_for_all(struct host *host, void (*each)(struct host *host, const struct inet_diag_msg *message)) {
  const int diag = host->boots[host->current].diag;
  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } ask = {
      .header = {.nlmsg_len = sizeof ask, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .request = {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = STATES_OF_ENDS},
  };
  if (send(diag, &ask, sizeof ask, 0) < 0) return false;
  static char buffer[65536];
  for (;;) {
    ssize_t length = recv(diag, buffer, sizeof buffer, 0);
    if (length <= 0) return false;
    for (const struct nlmsghdr *header = (const void *)buffer; NLMSG_OK(header, (unsigned)length); header = NLMSG_NEXT(header, length)) {
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return true;
      if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY) each(host, NLMSG_DATA(header));
    }
  }
}

static bool found_timer;

static void look_for_timer(struct host *host, const struct inet_diag_msg *message) {
  (void)host;
  if (message->idiag_timer != 0) found_timer = true;
}

bool has_timers(struct host *host) {
  found_timer = false;
  return ask_for_all(host, look_for_timer) && found_timer;
}

void poll_states(struct host *host) {
  if (!host->on) return;
  for (int i = 0; i < end_count; i++) ends[i].seen = false;
  if (!ask_for_all(host, take)) return;
  for (int i = 0; i < end_count;) {
    if (ends[i].host != host - hosts || ends[i].seen) {
      i++;
      continue;
    }
    const struct end gone = ends[i];
    ends[i] = ends[--end_count];
    changed(host, &gone, TCP_CLOSE);
  }
}

void forget_states(struct host *host) {
  for (int i = 0; i < end_count;) {
    if (ends[i].host != host - hosts) {
      i++;
      continue;
    }
    const struct end gone = ends[i];
    ends[i] = ends[--end_count];
    changed(host, &gone, TCP_CLOSE);
  }
}
