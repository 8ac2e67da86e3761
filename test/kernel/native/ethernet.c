/* Hosts whose device is a TAP: hardware addresses, ARP (RFC 826), and a cable that can be out. */
#include "lab.h"

#include <arpa/inet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <string.h>
#include <sys/ioctl.h>

/* Of the router behind a host's cable. */
#define ROUTER 0xff

void put_address(unsigned char *at, const struct host *host) {
  memset(at, 0, ETH_ALEN);
  at[0] = 2;
  at[5] = host == NULL ? ROUTER : host - hosts + 1;
}

static bool is_next_hop(const struct host *host, const struct host *other) {
  for (int i = 0; i < link_count; i++) {
    const int *ends = links[i].ends;
    const int a = host - hosts, b = other - hosts;
    if (links[i].shared && ((ends[0] == a && ends[1] == b) || (ends[0] == b && ends[1] == a))) return true;
  }
  return false;
}

void ethernet_prepare(const struct host *host, int sock, const char *device) {
  struct ifreq request = {.ifr_hwaddr.sa_family = ARPHRD_ETHER};
  strcpy(request.ifr_name, device);
  put_address((void *)request.ifr_hwaddr.sa_data, host);
  if (ioctl(sock, SIOCSIFHWADDR, &request) < 0) die("the hardware address");
  for (int i = 0; i < host_count; i++)
    if (&hosts[i] != host && !is_next_hop(host, &hosts[i])) add_next_hop(&hosts[i], device);
  if (host->draws_reachable) draw_reachable_time(host, device);
}

void ethernet_header(unsigned char *frame, const struct host *receiver, const struct host *sender, uint16_t protocol) {
  struct ether_header *header = (void *)frame;
  put_address(header->ether_dhost, receiver);
  put_address(header->ether_shost, sender != NULL && is_next_hop(receiver, sender) ? sender : NULL);
  header->ether_type = htons(protocol);
}

void answer_arp(const struct host *host, const unsigned char *request, unsigned char *reply) {
  const struct ether_arp *asked = (const void *)(request + ETHERNET_HEADER);
  struct ether_arp *answer = (void *)(reply + ETHERNET_HEADER);
  ethernet_header(reply, host, NULL, ETHERTYPE_ARP);
  *answer = *asked;
  answer->ea_hdr.ar_op = htons(ARPOP_REPLY);
  put_address(answer->arp_sha, NULL);
  memcpy(answer->arp_spa, asked->arp_tpa, 4);
  memcpy(answer->arp_tha, asked->arp_sha, ETH_ALEN);
  memcpy(answer->arp_tpa, asked->arp_spa, 4);
}

const char *arp_kind(const unsigned char *frame) {
  const struct ether_header *header = (const void *)frame;
  const struct ether_arp *arp = (const void *)(frame + ETHERNET_HEADER);
  if (ntohs(arp->ea_hdr.ar_op) == ARPOP_REPLY) return "reply";
  return header->ether_dhost[0] == 0xff ? "request" : "probe";
}

void set_carrier(struct host *host, bool up) {
  int carrier = up;
  host->no_carrier = !up;
  if (host->on && ioctl(host->boots[host->current].tun, TUNSETCARRIER, &carrier) < 0) die("the carrier");
}
