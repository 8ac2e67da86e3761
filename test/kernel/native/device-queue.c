/* The queue before a host's device (its qdisc): pfifo with room for no packet, or what the kernel gave it. */
#include "lab.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As `tc qdisc replace dev tun0 root pfifo limit 0`, and `tc qdisc del dev tun0 root`. */
struct request {
  struct nlmsghdr header;
  struct tcmsg qdisc;
  struct nlattr kind;
  char name[8];
  struct nlattr options;
  struct tc_fifo_qopt fifo;
};

void set_device_queue(struct host *host, bool full) {
  if (!host->on || host->queue_full == full) return;
  /* What was sent before is told as that. */
  watch_read(host);
  struct request request = {
    .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_NEWQDISC, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE},
    .qdisc = {.tcm_family = AF_UNSPEC, .tcm_ifindex = host->boots[host->current].device, .tcm_parent = TC_H_ROOT},
    .kind = {.nla_type = TCA_KIND, .nla_len = NLA_HDRLEN + sizeof "pfifo"},
    .name = "pfifo",
    .options = {.nla_type = TCA_OPTIONS, .nla_len = NLA_HDRLEN + sizeof(struct tc_fifo_qopt)},
  };
  if (!full) {
    request.header.nlmsg_type = RTM_DELQDISC;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.qdisc);
  }
  const int sock = host->boots[host->current].rtnetlink;
  if (send(sock, &request, request.header.nlmsg_len, 0) < 0) die("the device's queue");
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    char rest[512];
  } answer;
  if (recv(sock, &answer, sizeof answer, 0) < 0) die("the device's queue");
  errno = -answer.error.error;
  if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error != 0) die("the device's queue");
  host->queue_full = full;
}
