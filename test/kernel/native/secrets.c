/*
 * A boot draws new secrets, from which initial sequence numbers and timestamps are made; all namespaces have the machine's. So the cable
 * adds to the numbers of a boot what another secret would have: TCP does the same whatever its first numbers are.
 */
#include "forge.h"
#include "packet.h"

#include <arpa/inet.h>
#include <string.h>

#define OPTION_END 0
#define OPTION_NOP 1
#define OPTION_SACK 5
#define OPTION_TIMESTAMPS 8

static void add(unsigned char *at, uint32_t shift) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  value = htonl(ntohl(value) + shift);
  memcpy(at, &value, sizeof value);
}

/* @param length of the option's contents @return its contents, NULL = it is not there */
static unsigned char *option_of(unsigned char *packet, int kind, int *length) {
  const struct iphdr *ip = (const void *)packet;
  struct tcphdr *tcp = (void *)(packet + ip->ihl * 4);
  unsigned char *at = (void *)(tcp + 1);
  const unsigned char *end = (unsigned char *)tcp + tcp->doff * 4;
  while (at < end && *at != OPTION_END) {
    if (*at == OPTION_NOP) {
      at++;
      continue;
    }
    if (at + 1 >= end || at[1] < 2 || at + at[1] > end) return NULL;
    *length = at[1] - 2;
    if (*at == kind) return at + 2;
    at += at[1];
  }
  return NULL;
}

void disguise(unsigned char *packet, const struct boot *boot) {
  const struct iphdr *ip = (const void *)packet;
  if (tcp_of(packet) == NULL || (boot->seq_shift == 0 && boot->ts_shift == 0)) return;
  struct tcphdr *tcp = (void *)(packet + ip->ihl * 4);
  /* A RST without a connection has no number of its own. */
  if (!tcp->rst || tcp->seq != 0) add((void *)&tcp->seq, boot->seq_shift);
  int length;
  unsigned char *timestamps = option_of(packet, OPTION_TIMESTAMPS, &length);
  if (timestamps != NULL) add(timestamps, boot->ts_shift);
  fix_checksum(packet);
}

void reveal(unsigned char *packet, const struct boot *boot) {
  const struct iphdr *ip = (const void *)packet;
  if (tcp_of(packet) == NULL || (boot->seq_shift == 0 && boot->ts_shift == 0)) return;
  struct tcphdr *tcp = (void *)(packet + ip->ihl * 4);
  if (tcp->ack) add((void *)&tcp->ack_seq, -boot->seq_shift);
  int length;
  unsigned char *timestamps = option_of(packet, OPTION_TIMESTAMPS, &length);
  /* An echo of 0: nothing to echo yet. */
  if (timestamps != NULL && tcp->ack) add(timestamps + 4, -boot->ts_shift);
  unsigned char *blocks = option_of(packet, OPTION_SACK, &length);
  for (int i = 0; blocks != NULL && i + 4 <= length; i += 4) add(blocks + i, -boot->seq_shift);
  fix_checksum(packet);
}
