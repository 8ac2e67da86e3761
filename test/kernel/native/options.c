/* Socket options by name; their values are in the kernel's own units. */
#include "agent.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct {
  const char *name;
  int level, option;
} OPTIONS[] = {
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},     {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},           {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT},      {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},      {"TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT},
    {"TCP_CORK", IPPROTO_TCP, TCP_CORK},            {"TCP_QUICKACK", IPPROTO_TCP, TCP_QUICKACK},
    {"TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2},      {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG},
    {"TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP}, {"TCP_NOTSENT_LOWAT", IPPROTO_TCP, TCP_NOTSENT_LOWAT},
    {"IP_RECVERR", IPPROTO_IP, IP_RECVERR},         {"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {"TCP_THIN_LINEAR_TIMEOUTS", IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS},
    /* Younger than some C libraries. */
    {"TCP_RTO_MAX_MS", IPPROTO_TCP, 44},            {"TCP_RTO_MIN_US", IPPROTO_TCP, 45},
    {"TCP_DELACK_MAX_US", IPPROTO_TCP, 46},
};

int set_option(int fd, const char *name, int value) {
  if (strcmp(name, "SO_LINGER") == 0) {
    const struct linger linger = {.l_onoff = 1, .l_linger = value};
    return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) < 0 ? errno : 0;
  }
  for (unsigned i = 0; i < sizeof OPTIONS / sizeof *OPTIONS; i++) {
    if (strcmp(OPTIONS[i].name, name) == 0)
      return setsockopt(fd, OPTIONS[i].level, OPTIONS[i].option, &value, sizeof value) < 0 ? errno : 0;
  }
  return ENOPROTOOPT;
}

void use_options(const struct process *process, int fd, const char *name) {
  for (int i = 0; i < process->behaviour_count; i++) {
    char option[NAME_SIZE];
    int value;
    if (sscanf(process->behaviours[i], "uses-option %31s %d", option, &value) == 2)
      report_call(name, "setsockopt", 0, set_option(fd, option, value));
  }
}
