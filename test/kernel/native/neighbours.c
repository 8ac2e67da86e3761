/* What a host's kernel knows of its neighbours (net/core/neighbour.c), by rtnetlink. */
#include "lab.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_route_socket(void) {
  const int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (sock < 0) die("rtnetlink");
  return sock;
}

void add_next_hop(const struct host *other, const char *device) {
  struct {
    struct nlmsghdr header;
    struct ndmsg message;
    struct rtattr to_attr;
    struct in_addr to;
    struct rtattr address_attr;
    unsigned char address[8];
  } ask = {
      .header = {.nlmsg_len = sizeof ask, .nlmsg_type = RTM_NEWNEIGH, .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK},
      .message = {.ndm_family = AF_INET, .ndm_ifindex = if_nametoindex(device), .ndm_state = NUD_NOARP},
      .to_attr = {.rta_len = RTA_LENGTH(4), .rta_type = NDA_DST},
      .to = other->address,
      .address_attr = {.rta_len = RTA_LENGTH(ETH_ALEN), .rta_type = NDA_LLADDR},
  };
  put_address(ask.address, NULL);
  const int sock = open_route_socket();
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    char rest[256];
  } answer;
  if (send(sock, &ask, sizeof ask, 0) < 0 || recv(sock, &answer, sizeof answer, 0) < 0 || answer.error.error != 0) die("a neighbour entry");
  close(sock);
}

/* Of the host whose namespace it was opened in. */
static struct {
  int sock, index;
  uint64_t wanted;
} reachable[MAX_HOSTS];

static const struct rtattr *find(const struct rtattr *at, int length, int type) {
  for (; RTA_OK(at, length); at = RTA_NEXT(at, length))
    if ((at->rta_type & NLA_TYPE_MASK) == type) return at;
  return NULL;
}

/* The parameters of one device in the ARP table. @return ms, 0 = they are of another one */
static uint64_t reachable_time_in(const struct nlmsghdr *header, int index) {
  const struct rtattr *first = (const void *)((const char *)NLMSG_DATA(header) + NLMSG_ALIGN(sizeof(struct ndtmsg)));
  const struct rtattr *parms = find(first, header->nlmsg_len - NLMSG_LENGTH(sizeof(struct ndtmsg)), NDTA_PARMS);
  if (parms == NULL) return 0;
  const struct rtattr *own = find(RTA_DATA(parms), RTA_PAYLOAD(parms), NDTPA_IFINDEX);
  const struct rtattr *time = find(RTA_DATA(parms), RTA_PAYLOAD(parms), NDTPA_REACHABLE_TIME);
  uint64_t value = 0;
  if (own != NULL && time != NULL && *(const int *)RTA_DATA(own) == index) memcpy(&value, RTA_DATA(time), sizeof value);
  return value;
}

static uint64_t reachable_time(int sock, int index) {
  struct {
    struct nlmsghdr header;
    struct ndtmsg message;
  } ask = {.header = {.nlmsg_len = sizeof ask, .nlmsg_type = RTM_GETNEIGHTBL, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP}, .message = {.ndtm_family = AF_INET}};
  if (send(sock, &ask, sizeof ask, 0) < 0) die("the ARP table");
  static char buffer[65536];
  uint64_t found = 0;
  for (;;) {
    ssize_t length = recv(sock, buffer, sizeof buffer, 0);
    if (length <= 0) die("the ARP table");
    for (const struct nlmsghdr *header = (const void *)buffer; NLMSG_OK(header, (unsigned)length); header = NLMSG_NEXT(header, length)) {
      if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) return found;
      const uint64_t value = reachable_time_in(header, index);
      if (value != 0) found = value;
    }
  }
}

#define MAX_DRAWS 500000

void draw_reachable_time(const struct host *host, const char *device) {
  const long base = 30 * ticks();
  /* In jiffies as extension/engine/host/reachable-time.ts; told in ms. */
  const uint64_t wanted = (base / 2 + host->reachable_draw % base) * 1000 / ticks();
  const int which = host - hosts;
  reachable[which].sock = open_route_socket();
  reachable[which].index = if_nametoindex(device);
  reachable[which].wanted = wanted;
  char path[96];
  snprintf(path, sizeof path, "ipv4/neigh/%s/base_reachable_time_ms", device);
  for (int i = 0; i < MAX_DRAWS; i++) {
    if (keeps_reachable_time(host)) return;
    write_sysctl(path, "30000");
  }
  die("the time for which a neighbour is reachable");
}

bool keeps_reachable_time(const struct host *host) {
  const int which = host - hosts;
  return reachable[which].wanted == 0 || reachable_time(reachable[which].sock, reachable[which].index) == reachable[which].wanted;
}
