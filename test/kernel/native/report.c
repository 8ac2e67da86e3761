/* A line for each packet of the cable, once its fate is known. */
#include "packet.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

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

static void print_segment(const struct host *from, const unsigned char *bytes, const uint16_t ports[2], micros sent) {
  const struct iphdr *ip = (const void *)bytes;
  const struct tcphdr *tcp = tcp_of(bytes);
  const struct host *to = host_at((struct in_addr){ip->daddr});
  printf("seg %lld %s %s %u %u %s%s%s%s%s%s %u %u %d %u ", (long long)sent, from ? from->name : "?", to ? to->name : "?", ports[0], ports[1],
         tcp->syn ? "S" : "", tcp->fin ? "F" : "", tcp->rst ? "R" : "", tcp->psh ? "P" : "", tcp->ack ? "A" : "",
         tcp->urg ? "U" : "", ntohl(tcp->seq), ntohl(tcp->ack_seq), data_length(bytes), ntohs(tcp->window));
  print_options((const void *)(tcp + 1), (const unsigned char *)tcp + tcp->doff * 4);
}

void report_segment(const struct host *from, const unsigned char *bytes, micros sent, const char *fate, micros when) {
  const struct tcphdr *tcp = tcp_of(bytes);
  print_segment(from, bytes, (const uint16_t[]){ntohs(tcp->source), ntohs(tcp->dest)}, sent);
  printf(" %s %lld 0\n", fate, (long long)when);
}

void report(const struct packet *packet, const char *fate, micros when, micros late) {
  if (packet->is_copy) return;
  if (packet->is_arp) {
    printf("arp %lld %s %s %s %lld\n", (long long)packet->sent, sender_of(packet)->name, arp_kind(packet->bytes), fate, (long long)when);
    return;
  }
  const struct iphdr *ip = (const void *)packet->bytes;
  const struct host *from = host_at((struct in_addr){ip->saddr});
  if (tcp_of(packet->bytes) == NULL) {
    printf("other %lld %s %s protocol %d %s %lld\n", (long long)packet->sent, from ? from->name : "?", receiver_of(packet)->name, ip->protocol,
           fate, (long long)when);
    return;
  }
  print_segment(from, packet->bytes, packet->ports, packet->sent);
  printf(" %s %lld %lld\n", fate, (long long)when, (long long)late);
}
