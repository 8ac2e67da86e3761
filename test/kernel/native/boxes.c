/* What stands on a link: routers, firewalls and NATs. Mirrors extension/engine/network/{router,firewall,nat}.ts. */
#include "box.h"
#include "forge.h"

#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>

static struct box boxes[MAX_LINKS * MAX_BOXES];
static int box_count;

struct box *box_named(const char *name) {
  for (int i = 0; i < box_count; i++)
    if (strcmp(boxes[i].name, name) == 0) return &boxes[i];
  return NULL;
}

void build_box(char *words[], int count) {
  struct link *link = link_named(words[2]);
  if (link == NULL || link->box_count == MAX_BOXES) die("the link of a box");
  struct box *box = &boxes[box_count++];
  *box = (struct box){.mtu = MAX_MTU, .counters = calloc(2, sizeof(struct counter))};
  strcpy(box->kind, words[0]);
  strcpy(box->name, words[1]);
  for (int side = 0; side < 2; side++) box->tokens[side] = BURST;
  link->boxes[link->box_count++] = box;
  if (strcmp(box->kind, "router") == 0 && count > 3) {
    box->reports = true;
    box->type = atoi(words[3]);
    box->code = atoi(words[4]);
    box->patience = atoll(words[5]);
  } else if (strcmp(box->kind, "nat") == 0) {
    box->idle = strcmp(words[3], "-") == 0 ? NEVER / 2 : atoll(words[3]);
    strcpy(box->unknown, words[4]);
  }
}

/* Whether a Linux host sends one more ICMP error (inet_peer_xrlim_allow): time earns tokens, an error costs some. */
static bool may_report(struct box *box, int side, micros burst) {
  const micros saved = box->tokens[side] + now() - box->tokens_at[side];
  box->tokens[side] = saved < burst ? saved : burst;
  box->tokens_at[side] = now();
  if (box->tokens[side] < COST) return false;
  box->tokens[side] -= COST;
  return true;
}

void refuse(struct box *box, struct packet *packet, int type, int code, const char *fate, bool is_route_error) {
  unsigned char icmp[FORGED_SIZE];
  if ((!is_route_error || may_report(box, packet->side, ROUTE_ERROR_BURST)) && may_report(box, packet->side, BURST))
    answer(packet, icmp, forge_icmp(packet->bytes, type, code, 0, icmp));
  lose(packet, fate);
}

void refuse_too_big(struct box *box, struct packet *packet) {
  unsigned char icmp[FORGED_SIZE];
  if (box->reports) answer(packet, icmp, forge_icmp(packet->bytes, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, box->mtu, icmp));
  lose(packet, "too-big");
}

void reset(struct packet *packet, const char *fate) {
  unsigned char bytes[FORGED_SIZE];
  const int length = forge_reset(packet->bytes, bytes);
  if (length > 0) answer(packet, bytes, length);
  lose(packet, fate);
}

void box_act(struct box *box, char words[][NAME_SIZE]) {
  const char *verb = words[0];
  if (strcmp(verb, "filter") == 0) add_filter(box, words + 2);
  else if (strcmp(verb, "open") == 0) box->filter_count = 0;
  else if (strcmp(verb, "forget") == 0) forget_flows(box, words[2]);
  else if (strcmp(verb, "carries") == 0) box->mtu = atoi(words[2]);
  else if (strcmp(verb, "forward") == 0) box->is_ordered = false;
  else if (strcmp(verb, "report") == 0) {
    box->is_ordered = true;
    box->ordered_type = atoi(words[2]);
    box->ordered_code = atoi(words[3]);
    box->ordered_host = host_named(words[4]);
  } else die("a statement about a box");
}

void box_take(struct box *box, struct packet *packet) {
  if (strcmp(box->kind, "router") == 0) router_take(box, packet);
  else if (strcmp(box->kind, "firewall") == 0) firewall_take(box, packet);
  else nat_take(box, packet);
}
