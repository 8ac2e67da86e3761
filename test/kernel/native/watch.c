/*
 * Where a host is watched, each TCP packet is seen as it leaves the kernel's TCP (netfilter's LOCAL_OUT, logged to a netlink group): also
 * those that wait for a neighbour, that a device without a carrier throws away, or that the host sends to itself.
 */
#include "packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GROUP 1
/* Headers of IP and TCP at their longest. */
#define SNAP 120
#define MAX_SENT 256

/* Sent, and not seen on a cable yet. */
static struct sent {
  const struct host *host;
  micros at;
  unsigned char bytes[SNAP];
} sent[MAX_SENT];
static int sent_count;

/* ---- messages of nfnetlink ---- */

struct message {
  int length;
  unsigned char bytes[1024];
};

static struct nlmsghdr *begin(struct message *message, int type, int flags, int family, int resource) {
  struct nlmsghdr *header = (void *)(message->bytes + message->length);
  *header = (struct nlmsghdr){.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags};
  struct nfgenmsg *generic = NLMSG_DATA(header);
  *generic = (struct nfgenmsg){.nfgen_family = family, .version = NFNETLINK_V0, .res_id = htons(resource)};
  message->length += NLMSG_LENGTH(sizeof *generic);
  return header;
}

static void end(struct message *message, struct nlmsghdr *header) {
  header->nlmsg_len = message->bytes + message->length - (unsigned char *)header;
}

static struct nlattr *put(struct message *message, int type, const void *value, int length) {
  struct nlattr *attribute = (void *)(message->bytes + message->length);
  *attribute = (struct nlattr){.nla_type = type, .nla_len = NLA_HDRLEN + length};
  memcpy((char *)attribute + NLA_HDRLEN, value, length);
  message->length += NLA_ALIGN(NLA_HDRLEN + length);
  return attribute;
}

static void put_text(struct message *message, int type, const char *text) {
  put(message, type, text, strlen(text) + 1);
}

static void put_u16(struct message *message, int type, uint16_t value) {
  value = htons(value);
  put(message, type, &value, sizeof value);
}

static void put_u32(struct message *message, int type, uint32_t value) {
  value = htonl(value);
  put(message, type, &value, sizeof value);
}

static struct nlattr *nest(struct message *message, int type) {
  return put(message, type | NLA_F_NESTED, "", 0);
}

static void end_nest(struct message *message, struct nlattr *attribute) {
  attribute->nla_len = message->bytes + message->length - (unsigned char *)attribute;
}

/* One table, one chain, one rule: what TCP sends is logged. */
static void add_rule(int sock) {
  struct message message = {0};
  const int type = NFNL_SUBSYS_NFTABLES << 8, create = NLM_F_CREATE;
  end(&message, begin(&message, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
  struct nlmsghdr *header = begin(&message, type | NFT_MSG_NEWTABLE, create, NFPROTO_IPV4, 0);
  put_text(&message, NFTA_TABLE_NAME, "lab");
  end(&message, header);
  header = begin(&message, type | NFT_MSG_NEWCHAIN, create, NFPROTO_IPV4, 0);
  put_text(&message, NFTA_CHAIN_TABLE, "lab");
  put_text(&message, NFTA_CHAIN_NAME, "sent");
  struct nlattr *hook = nest(&message, NFTA_CHAIN_HOOK);
  put_u32(&message, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_OUT);
  put_u32(&message, NFTA_HOOK_PRIORITY, 0);
  end_nest(&message, hook);
  put_text(&message, NFTA_CHAIN_TYPE, "filter");
  end(&message, header);
  header = begin(&message, type | NFT_MSG_NEWRULE, create | NLM_F_APPEND | NLM_F_ACK, NFPROTO_IPV4, 0);
  put_text(&message, NFTA_RULE_TABLE, "lab");
  put_text(&message, NFTA_RULE_CHAIN, "sent");
  struct nlattr *expressions = nest(&message, NFTA_RULE_EXPRESSIONS), *element = nest(&message, NFTA_LIST_ELEM);
  put_text(&message, NFTA_EXPR_NAME, "log");
  struct nlattr *data = nest(&message, NFTA_EXPR_DATA);
  put_u16(&message, NFTA_LOG_GROUP, GROUP);
  put_u16(&message, NFTA_LOG_QTHRESHOLD, 1);
  end_nest(&message, data);
  end_nest(&message, element);
  end_nest(&message, expressions);
  end(&message, header);
  end(&message, begin(&message, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
  if (send(sock, message.bytes, message.length, 0) < 0) die("the watch's rule");
}

static void listen_to_group(int sock) {
  struct message message = {0};
  struct nlmsghdr *header = begin(&message, NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG, NLM_F_ACK, AF_UNSPEC, GROUP);
  const struct nfulnl_msg_config_cmd command = {.command = NFULNL_CFG_CMD_BIND};
  const struct nfulnl_msg_config_mode mode = {.copy_range = htonl(SNAP), .copy_mode = NFULNL_COPY_PACKET};
  put(&message, NFULA_CFG_CMD, &command, sizeof command);
  put(&message, NFULA_CFG_MODE, &mode, sizeof mode);
  put_u32(&message, NFULA_CFG_QTHRESH, 1);
  end(&message, header);
  if (send(sock, message.bytes, message.length, 0) < 0) die("the watch's group");
}

/* The kernel's word on a message. */
static void expect_done(int sock) {
  unsigned char answer[2048];
  const ssize_t length = recv(sock, answer, sizeof answer, 0);
  const struct nlmsghdr *header = (const void *)answer;
  const struct nlmsgerr *error = NLMSG_DATA(header);
  if (length < (ssize_t)NLMSG_LENGTH(sizeof *error) || header->nlmsg_type != NLMSG_ERROR) die("the watch");
  errno = -error->error;
  if (error->error != 0) die("the watch");
}

int open_watch(void) {
  const int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (sock < 0) die("a watch (netfilter's netlink)");
  listen_to_group(sock);
  expect_done(sock);
  add_rule(sock);
  expect_done(sock);
  return sock;
}

/* ---- what was sent ---- */

static void forget(int index) {
  sent_count--;
  memmove(&sent[index], &sent[index + 1], (sent_count - index) * sizeof *sent);
}

/* To itself: nothing is between sending and receiving. To a full queue: it goes no further. */
static void take(struct host *host, const unsigned char *bytes, int length, micros at) {
  const struct iphdr *ip = (const void *)bytes;
  if (length < (int)(sizeof(struct iphdr) + sizeof(struct tcphdr)) || tcp_of(bytes) == NULL) return;
  if (ip->saddr == ip->daddr) {
    report_segment(host, bytes, at, "delivered", at);
    return;
  }
  if (host->queue_full) {
    report_segment(host, bytes, at, "held", at);
    host->has_news = true;
    return;
  }
  if (sent_count == MAX_SENT) die("too many packets on their way to a cable");
  struct sent *packet = &sent[sent_count++];
  *packet = (struct sent){.host = host, .at = at};
  memcpy(packet->bytes, bytes, length < SNAP ? length : SNAP);
}

static void take_logged(struct host *host, const struct nlmsghdr *header) {
  const char *stop = (const char *)header + header->nlmsg_len;
  const struct nlattr *at = (const void *)((const char *)NLMSG_DATA(header) + NLMSG_ALIGN(sizeof(struct nfgenmsg)));
  for (; (const char *)at < stop; at = (const void *)((const char *)at + NLA_ALIGN(at->nla_len)))
    if ((at->nla_type & NLA_TYPE_MASK) == NFULA_PAYLOAD)
      take(host, (const unsigned char *)at + NLA_HDRLEN, at->nla_len - NLA_HDRLEN, next_moment());
}

void watch_read(struct host *host) {
  static unsigned char buffer[65536];
  const int watch = host->boots[host->current].watch;
  if (watch < 0 || !host->on) return;
  for (;;) {
    ssize_t length = recv(watch, buffer, sizeof buffer, MSG_DONTWAIT);
    if (length <= 0) break;
    for (const struct nlmsghdr *header = (const void *)buffer; NLMSG_OK(header, (unsigned)length); header = NLMSG_NEXT(header, length))
      if (header->nlmsg_type == (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET)) take_logged(host, header);
  }
}

static uint16_t identification(const unsigned char *packet) {
  return ntohs(((const struct iphdr *)packet)->id);
}

/* Large packets are divided below TCP, and each part has the next identification. */
#define MOST_PARTS 64

micros when_sent(const struct host *host, const unsigned char *packet, micros otherwise) {
  const struct tcphdr *tcp = tcp_of(packet);
  int found = -1;
  uint16_t nearest = MOST_PARTS;
  for (int i = 0; i < sent_count && tcp != NULL; i++) {
    const struct tcphdr *own = tcp_of(sent[i].bytes);
    const int32_t into = ntohl(tcp->seq) - ntohl(own->seq), left = end_of(sent[i].bytes) - end_of(packet);
    const uint16_t part = identification(packet) - identification(sent[i].bytes);
    if (sent[i].host != host || own->source != tcp->source || own->dest != tcp->dest || into < 0 || left < 0 || part >= nearest) continue;
    nearest = part;
    found = i;
  }
  if (found < 0) return otherwise;
  const micros at = sent[found].at;
  if (end_of(sent[found].bytes) == end_of(packet)) forget(found);
  return at;
}

void watch_finish(const struct host *host) {
  for (int i = 0; i < sent_count;) {
    if (sent[i].host != host) {
      i++;
      continue;
    }
    report_segment(host, sent[i].bytes, sent[i].at, "held", sent[i].at);
    forget(i);
  }
}
