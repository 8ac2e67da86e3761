/* The cable: delays packets, loses what a cut or a dead host loses, and writes down every one. */
#include "packet.h"
#include "rules.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct link links[MAX_LINKS];
int link_count;

#define LARGEST 65535

/* Oldest due first; of the same due, first come first. */
static struct packet *under_way;

struct link *link_named(const char *name) {
  for (int i = 0; i < link_count; i++)
    if (strcmp(links[i].name, name) == 0) return &links[i];
  return NULL;
}

struct host *receiver_of(const struct packet *packet) {
  return &hosts[packet->link->ends[1 - packet->side]];
}

struct host *sender_of(const struct packet *packet) {
  return &hosts[packet->link->ends[packet->side]];
}

static struct packet *new_packet(struct link *link, int side, micros sent, const unsigned char *bytes, int length) {
  struct packet *packet = malloc(sizeof *packet + length);
  if (packet == NULL) die("memory");
  *packet = (struct packet){.link = link, .side = side, .sent = sent, .due = sent, .length = length};
  memcpy(packet->bytes, bytes, length);
  const struct tcphdr *tcp = tcp_of(bytes);
  if (tcp != NULL) {
    packet->ports[0] = ntohs(tcp->source);
    packet->ports[1] = ntohs(tcp->dest);
  }
  return packet;
}

static void insert(struct packet *packet) {
  struct packet **at = &under_way;
  while (*at != NULL && (*at)->due <= packet->due) at = &(*at)->next;
  packet->next = *at;
  *at = packet;
}

void lose(struct packet *packet, const char *fate) {
  report(packet, fate, now(), 0);
  free(packet);
}

/* Begins the stretch that it is at. */
static void travel(struct packet *packet) {
  if (packet->link->cut[packet->stretch][packet->side]) {
    lose(packet, "link-cut");
    return;
  }
  packet->due += packet->link->delays[packet->stretch];
  insert(packet);
}

static bool is_last_stretch(const struct packet *packet) {
  return packet->stretch == (packet->side == 0 ? packet->link->box_count : 0);
}

void pass_on(struct packet *packet) {
  packet->stretch += packet->side == 0 ? 1 : -1;
  travel(packet);
}

void put_off(struct packet *packet, micros until) {
  packet->due = until;
  insert(packet);
}

void answer(const struct packet *packet, const unsigned char *bytes, int length) {
  struct packet *own = new_packet(packet->link, 1 - packet->side, now(), bytes, length);
  own->stretch = packet->stretch;
  travel(own);
}

bool is_obstructed(const struct packet *packet) {
  const int next = packet->stretch + (packet->side == 0 ? 1 : -1);
  const bool is_last = next == (packet->side == 0 ? packet->link->box_count : 0);
  return packet->link->cut[next][packet->side] || (is_last && !receiver_of(packet)->on);
}

void link_set(struct link *link, int from, int stretch, bool cut) {
  for (int side = 0; side < 2; side++) {
    if (from >= 0 && link->ends[side] != from) continue;
    link->cut[stretch][side] = cut;
    if (!cut) continue;
    for (struct packet **at = &under_way; *at != NULL;) {
      struct packet *packet = *at;
      if (packet->link != link || packet->side != side || packet->stretch != stretch || packet->held_until != 0) {
        at = &packet->next;
        continue;
      }
      *at = packet->next;
      lose(packet, "link-cut");
    }
  }
}

/* A host sends a packet onto its link. */
static void set_out(struct packet *packet) {
  struct link *link = packet->link;
  packet->stretch = packet->side == 0 ? 0 : link->box_count;
  if (link->cut[packet->stretch][packet->side] || tcp_of(packet->bytes) == NULL) {
    travel(packet);
    return;
  }
  const struct segment segment = count_segment(&link->counters[packet->side], packet->bytes);
  const struct treatment treatment = apply_rules(link, packet->side, &segment, packet->sent);
  if (treatment.dropped) {
    lose(packet, "rule");
    return;
  }
  packet->due += treatment.held;
  struct packet *copy = treatment.copied ? new_packet(link, packet->side, packet->sent, packet->bytes, packet->length) : NULL;
  const micros due = packet->due;
  travel(packet);
  if (copy == NULL) return;
  copy->is_copy = true;
  copy->due = due;
  copy->stretch = copy->side == 0 ? 0 : link->box_count;
  travel(copy);
}

static void carry(struct host *from, const unsigned char *bytes, int length, micros sent) {
  const struct iphdr *ip = (const void *)bytes;
  if (length < (int)sizeof *ip || ip->version != 4) return;
  struct host *to = host_at((struct in_addr){ip->daddr});
  if (to == NULL || to == from) return;
  const int a = from - hosts, b = to - hosts;
  for (int i = 0; i < link_count; i++) {
    struct link *link = &links[i];
    const int side = link->ends[0] == a && link->ends[1] == b ? 0 : link->ends[1] == a && link->ends[0] == b ? 1 : -1;
    if (side < 0) continue;
    set_out(new_packet(link, side, sent, bytes, length));
    return;
  }
}

/* No two packets have the same time: so their order is known. */
static micros next_moment(void) {
  static micros last = INT64_MIN;
  const micros present = now();
  last = present > last ? present : last + 1;
  return last;
}

void cable_read(struct host *host) {
  static unsigned char bytes[LARGEST];
  bool any = false;
  while (host->on) {
    ssize_t length = read(host->boots[host->current].tun, bytes, sizeof bytes);
    if (length <= 0) break;
    any = true;
    carry(host, bytes, length, next_moment());
  }
  if (any) poll_states(host);
}

static void hand_over(struct packet *packet) {
  struct host *to = receiver_of(packet);
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

micros cable_deliver(void) {
  while (under_way != NULL && under_way->due <= now()) {
    struct packet *packet = under_way;
    under_way = packet->next;
    if (is_last_stretch(packet)) hand_over(packet);
    else if (tcp_of(packet->bytes) == NULL) pass_on(packet);
    else box_take(packet->link->boxes[packet->side == 0 ? packet->stretch : packet->stretch - 1], packet);
  }
  return under_way == NULL ? NEVER : under_way->due;
}

void cable_finish(void) {
  for (struct packet *packet = under_way; packet != NULL; packet = packet->next) report(packet, "under-way", end_time, 0);
}
