/* A NAT passes what belongs to a flow that it knows. The link's first host is inside. */
#include "box.h"
#include "forge.h"

#include <arpa/inet.h>
#include <string.h>

#define INSIDE 0
/* First of the ports for flows that could not keep theirs. */
#define FIRST_OTHER_PORT 61000

static struct flow *flow_of(struct box *box, int side, const struct tcphdr *tcp) {
  for (int i = 0; i < box->flow_count; i++) {
    struct flow *flow = &box->flows[i];
    const bool is_it = side == INSIDE ? flow->inside == ntohs(tcp->source) && flow->peer == ntohs(tcp->dest)
                                      : flow->outside == ntohs(tcp->dest) && flow->peer == ntohs(tcp->source);
    if (!is_it) continue;
    if (now() < flow->last_at + box->idle) return flow;
    *flow = box->flows[--box->flow_count];
    return NULL;
  }
  return NULL;
}

static struct flow *open_flow(struct box *box, int side, const struct tcphdr *tcp, bool keeps_port) {
  if (box->flow_count == MAX_FLOWS) die("too many flows");
  struct flow *flow = &box->flows[box->flow_count++];
  const uint16_t inside = ntohs(side == INSIDE ? tcp->source : tcp->dest);
  *flow = (struct flow){.inside = inside, .peer = ntohs(side == INSIDE ? tcp->dest : tcp->source)};
  flow->outside = keeps_port ? inside : FIRST_OTHER_PORT + box->other_ports++;
  return flow;
}

static void pass(struct box *box, struct flow *flow, struct packet *packet) {
  flow->last_at = now();
  const bool is_reset = tcp_of(packet->bytes)->rst;
  if (flow->outside != flow->inside) {
    rewrite_port(packet->bytes, packet->side == INSIDE ? 0 : 1, packet->side == INSIDE ? flow->outside : flow->inside);
    /* Written down by the name that the connection had when it was opened. */
    if (packet->side != INSIDE) packet->ports[1] = flow->inside;
  }
  if (is_reset) *flow = box->flows[--box->flow_count];
  pass_on(packet);
}

void nat_take(struct box *box, struct packet *packet) {
  const struct tcphdr *tcp = tcp_of(packet->bytes);
  struct flow *flow = flow_of(box, packet->side, tcp);
  if (flow == NULL && tcp->syn && !tcp->ack) flow = open_flow(box, packet->side, tcp, true);
  if (flow == NULL && strcmp(box->unknown, "remap") == 0 && packet->side == INSIDE && !tcp->rst)
    flow = open_flow(box, packet->side, tcp, false);
  if (flow != NULL) pass(box, flow, packet);
  else if (strcmp(box->unknown, "reset") == 0) reset(packet, "no-flow");
  else lose(packet, "no-flow");
}

void forget_flows(struct box *box, const char *connection) {
  for (int i = 0; i < box->flow_count;) {
    const struct flow *flow = &box->flows[i];
    if (strcmp(connection, "-") == 0 || strcmp(name_of_port(flow->inside, flow->peer), connection) == 0)
      box->flows[i] = box->flows[--box->flow_count];
    else i++;
  }
}
