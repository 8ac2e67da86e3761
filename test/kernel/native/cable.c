/* The cable: delays packets, loses what a cut or a dead host loses, and writes down every one. */
#include "lab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct link links[MAX_LINKS];
int link_count;

#define LARGEST 65535

struct packet {
  struct packet *next;
  struct link *link;
  int side;
  struct host *to;
  micros sent, due;
  int length;
  unsigned char bytes[];
};

/* Oldest due first; of the same due, first sent first. */
static struct packet *under_way;

struct link *link_named(const char *name) {
  for (int i = 0; i < link_count; i++)
    if (strcmp(links[i].name, name) == 0) return &links[i];
  return NULL;
}

static void print_options(const unsigned char *at, const unsigned char *end) {
  const char *comma = "";
  while (at < end && *at != 0) {
    if (*at == 1) {
      at++;
      continue;
    }
    if (at + 1 >= end || at[1] < 2 || at + at[1] > end) break;
    uint32_t word[8] = {0};
    int words = (at[1] - 2) / 4;
    for (int i = 0; i < words && i < 8; i++) {
      memcpy(&word[i], at + 2 + 4 * i, 4);
      word[i] = ntohl(word[i]);
    }
    if (*at == 2) printf("%smss=%u", comma, at[2] << 8 | at[3]);
    else if (*at == 3) printf("%swscale=%u", comma, at[2]);
    else if (*at == 4) printf("%ssack-ok", comma);
    else if (*at == 5) {
      printf("%ssack=", comma);
      for (int i = 0; i + 1 < words; i += 2) printf("%s%u-%u", i == 0 ? "" : "/", word[i], word[i + 1]);
    } else if (*at == 8) printf("%sts=%u/%u", comma, word[0], word[1]);
    else printf("%soption%u", comma, *at);
    comma = ",";
    at += at[1];
  }
  if (*comma == 0) putchar('-');
}

/* One line for each packet, once its fate is known. `late`: how much later than due it was handed over. */
static void report(const struct packet *packet, const char *fate, micros when, micros late) {
  const struct iphdr *ip = (const void *)packet->bytes;
  struct host *from = host_at((struct in_addr){ip->saddr});
  if (ip->protocol != IPPROTO_TCP) {
    printf("other %lld %s %s protocol %d %s %lld\n", (long long)packet->sent, from ? from->name : "?", packet->to->name,
           ip->protocol, fate, (long long)when);
    return;
  }
  const struct tcphdr *tcp = (const void *)(packet->bytes + ip->ihl * 4);
  const unsigned char *options = (const unsigned char *)(tcp + 1);
  const int header = tcp->doff * 4;
  printf("seg %lld %s %s %u %u %s%s%s%s%s%s %u %u %d %u ", (long long)packet->sent, from ? from->name : "?",
         packet->to->name, ntohs(tcp->source), ntohs(tcp->dest),
         tcp->syn ? "S" : "", tcp->fin ? "F" : "", tcp->rst ? "R" : "", tcp->psh ? "P" : "", tcp->ack ? "A" : "",
         tcp->urg ? "U" : "", ntohl(tcp->seq), ntohl(tcp->ack_seq),
         ntohs(ip->tot_len) - ip->ihl * 4 - header, ntohs(tcp->window));
  print_options(options, (const unsigned char *)tcp + header);
  printf(" %s %lld %lld\n", fate, (long long)when, (long long)late);
}

void link_set(struct link *link, int from, bool cut) {
  for (int side = 0; side < 2; side++) {
    if (from >= 0 && link->ends[side] != from) continue;
    link->cut[side] = cut;
    if (!cut) continue;
    for (struct packet **at = &under_way; *at != NULL;) {
      struct packet *packet = *at;
      if (packet->link != link || packet->side != side) {
        at = &packet->next;
        continue;
      }
      report(packet, "link-cut", now(), 0);
      *at = packet->next;
      free(packet);
    }
  }
}

static void carry(struct host *from, const unsigned char *bytes, int length, micros sent) {
  const struct iphdr *ip = (const void *)bytes;
  if (length < (int)sizeof *ip || ip->version != 4) return;
  struct host *to = host_at((struct in_addr){ip->daddr});
  if (to == NULL || to == from) return;
  for (int i = 0; i < link_count; i++) {
    struct link *link = &links[i];
    const int a = from - hosts, b = to - hosts;
    const int side = link->ends[0] == a && link->ends[1] == b ? 0 : link->ends[1] == a && link->ends[0] == b ? 1 : -1;
    if (side < 0) continue;
    struct packet *packet = malloc(sizeof *packet + length);
    if (packet == NULL) die("memory");
    *packet = (struct packet){.link = link, .side = side, .to = to, .sent = sent, .due = sent + link->delay, .length = length};
    memcpy(packet->bytes, bytes, length);
    if (link->cut[side]) {
      report(packet, "link-cut", sent, 0);
      free(packet);
      return;
    }
    struct packet **at = &under_way;
    while (*at != NULL && (*at)->due <= packet->due) at = &(*at)->next;
    packet->next = *at;
    *at = packet;
    return;
  }
}

void cable_read(struct host *host) {
  static unsigned char bytes[LARGEST];
  bool any = false;
  while (host->on) {
    ssize_t length = read(host->boots[host->current].tun, bytes, sizeof bytes);
    if (length <= 0) break;
    any = true;
    carry(host, bytes, length, now());
  }
  if (any) poll_states(host);
}

micros cable_deliver(void) {
  while (under_way != NULL && under_way->due <= now()) {
    struct packet *packet = under_way;
    under_way = packet->next;
    struct host *to = packet->to;
    const micros when = now();
    if (!to->on) {
      report(packet, "host-off", when, when - packet->due);
    } else {
      ssize_t written = write(to->boots[to->current].tun, packet->bytes, packet->length);
      report(packet, written == packet->length ? "delivered" : "not-taken", when, when - packet->due);
      poll_states(to);
    }
    free(packet);
  }
  return under_way == NULL ? NEVER : under_way->due;
}

void cable_finish(void) {
  for (struct packet *packet = under_way; packet != NULL; packet = packet->next)
    report(packet, "under-way", packet->due, 0);
}
