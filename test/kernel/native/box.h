/* A box on a link, and what the kinds of boxes share. */
#ifndef BOX_H
#define BOX_H

#include "packet.h"

/* Of ICMP errors to one host: icmp_ratelimit, XRLIM_BURST_FACTOR, error_burst of routes. */
#define COST 1000000
#define BURST (6 * COST)
#define ROUTE_ERROR_BURST (5 * COST)

#define MAX_FILTERS 16
#define MAX_FLOWS 64
#define MAX_MTU 65535

struct filter {
  char effect[NAME_SIZE], class[NAME_SIZE];
  int type, code;
  /* NULL and 0: any. */
  const struct host *from;
  int port;
  micros until;
};

struct flow {
  uint16_t inside, outside, peer;
  micros last_at;
};

struct box {
  char kind[NAME_SIZE], name[NAME_SIZE];
  struct counter *counters;
  micros tokens[2], tokens_at[2];
  /* A router: what it says of what it cannot deliver, and after how long; what it was told to say, whatever lies behind. */
  bool reports, is_ordered;
  int type, code, ordered_type, ordered_code;
  const struct host *ordered_host;
  micros patience;
  /* The largest packet that it passes on. */
  int mtu;
  /* By side: how many packets wait for the next hop, when it looks again, and until when. */
  int held[2];
  micros look_at[2], held_until[2];
  /* A firewall: the latest first. */
  struct filter filters[MAX_FILTERS];
  int filter_count;
  /* A NAT. */
  micros idle;
  char unknown[NAME_SIZE];
  struct flow flows[MAX_FLOWS];
  int flow_count, other_ports;
};

void router_take(struct box *box, struct packet *packet);
void firewall_take(struct box *box, struct packet *packet);
void nat_take(struct box *box, struct packet *packet);

/* CLASS FROM PORT UNTIL EFFECT [TYPE CODE] */
void add_filter(struct box *box, char words[][NAME_SIZE]);
/* `connection` "-": all. */
void forget_flows(struct box *box, const char *connection);

/* The packet is lost; its sender hears of it by ICMP unless it has heard too much already. */
void refuse(struct box *box, struct packet *packet, int type, int code, const char *fate, bool is_route_error);
/* The packet is lost; its sender hears how large it may be (RFC 1191), if the router reports anything. */
void refuse_too_big(struct box *box, struct packet *packet);
/* The packet is lost, and answered with a RST. */
void reset(struct packet *packet, const char *fate);

#endif
