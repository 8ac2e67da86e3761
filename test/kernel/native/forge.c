/* RFC 9293 section 3.5.2 (resets), RFC 792 (errors). */
#include "forge.h"
#include "segments.h"

#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <string.h>

static uint32_t sum_of(const void *from, int length) {
  uint32_t sum = 0;
  for (int i = 0; i + 1 < length; i += 2) {
    uint16_t word;
    memcpy(&word, (const char *)from + i, 2);
    sum += word;
  }
  if (length % 2 == 1) sum += ((const unsigned char *)from)[length - 1];
  return sum;
}

static uint16_t folded(uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum;
}

static void put_ip(struct iphdr *ip, int protocol, in_addr_t from, in_addr_t to, int length) {
  *ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .protocol = protocol, .saddr = from, .daddr = to, .tot_len = htons(length)};
  ip->check = folded(sum_of(ip, sizeof *ip));
}

static void put_tcp_checksum(const struct iphdr *ip, struct tcphdr *tcp, int length) {
  tcp->check = 0;
  const uint32_t pseudo = sum_of(&ip->saddr, 8) + htons(IPPROTO_TCP) + htons(length);
  tcp->check = folded(pseudo + sum_of(tcp, length));
}

int forge_reset(const unsigned char *packet, unsigned char *reset) {
  const struct iphdr *ip = (const void *)packet;
  const struct tcphdr *tcp = tcp_of(packet);
  if (tcp->rst) return 0;
  const int length = sizeof(struct iphdr) + sizeof(struct tcphdr);
  struct iphdr *own_ip = (void *)reset;
  struct tcphdr *own = (void *)(own_ip + 1);
  put_ip(own_ip, IPPROTO_TCP, ip->daddr, ip->saddr, length);
  *own = (struct tcphdr){.source = tcp->dest, .dest = tcp->source, .doff = 5, .rst = 1};
  if (tcp->ack) own->seq = tcp->ack_seq;
  else {
    own->ack = 1;
    own->ack_seq = htonl(end_of(packet));
  }
  put_tcp_checksum(own_ip, own, sizeof *own);
  return length;
}

int forge_icmp(const unsigned char *packet, int type, int code, int mtu, unsigned char *icmp) {
  const struct iphdr *ip = (const void *)packet;
  const int quoted = ip->ihl * 4 + 8;
  const int length = sizeof(struct iphdr) + sizeof(struct icmphdr) + quoted;
  struct iphdr *own_ip = (void *)icmp;
  struct icmphdr *own = (void *)(own_ip + 1);
  /* A box has no address in a scenario: it speaks for the host behind it. */
  put_ip(own_ip, IPPROTO_ICMP, ip->daddr, ip->saddr, length);
  *own = (struct icmphdr){.type = type, .code = code};
  own->un.frag.mtu = htons(mtu);
  memcpy(own + 1, packet, quoted);
  own->checksum = folded(sum_of(own, sizeof *own + quoted));
  return length;
}

void fix_checksum(unsigned char *packet) {
  const struct iphdr *ip = (const void *)packet;
  put_tcp_checksum(ip, (void *)(packet + ip->ihl * 4), ntohs(ip->tot_len) - ip->ihl * 4);
}

void rewrite_port(unsigned char *packet, int which, unsigned short port) {
  const struct iphdr *ip = (const void *)packet;
  struct tcphdr *tcp = (void *)(packet + ip->ihl * 4);
  if (which == 0) tcp->source = htons(port);
  else tcp->dest = htons(port);
  fix_checksum(packet);
}
