/* The cable: delays packets, loses what a cut or a dead host loses, and writes down every one. */
#include "packet.h"
#include "rules.h"
#include "stages.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
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

static struct packet *new_packet(struct link *link, int side, micros sent, const void *bytes, int length) {
  struct packet *packet = malloc(sizeof *packet + length);
  if (packet == NULL) die("memory");
  *packet = (struct packet){.link = link, .side = side, .sent = sent, .due = sent, .length = length};
  memcpy(packet->bytes, bytes, length);
  return packet;
}

static struct packet *new_ip_packet(struct link *link, int side, micros sent, const unsigned char *bytes, int length) {
  struct packet *packet = new_packet(link, side, sent, bytes, length);
  const struct tcphdr *tcp = tcp_of(bytes);
  if (tcp != NULL) {
    packet->ports[0] = ntohs(tcp->source);
    packet->ports[1] = ntohs(tcp->dest);
  }
  return packet;
}

static struct packet *copy_of(const struct packet *packet) {
  struct packet *copy = malloc(sizeof *copy + packet->length);
  if (copy == NULL) die("memory");
  memcpy(copy, packet, sizeof *copy + packet->length);
  copy->is_copy = true;
  return copy;
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
  packet->due += packet->link->delays[packet->stretch][packet->side];
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
  struct packet *own = new_ip_packet(packet->link, 1 - packet->side, now(), bytes, length);
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
    if (stretch == (side == 0 ? 0 : link->box_count)) clear_queue(&link->stages[side]);
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

/* It goes through what the link has on its first stretch. */
static void enter(struct packet *packet, micros held) {
  struct link *link = packet->link;
  const micros delay = link->delays[packet->stretch][packet->side];
  const struct course_taken taken = run_stages(&link->stages[packet->side], packet->length, packet->due, held, delay);
  if (taken.lost != NULL) {
    lose(packet, taken.lost);
    return;
  }
  packet->due = taken.due;
  insert(packet);
}

/* By chance it is lost or doubled. */
static void try_chance(struct packet *packet, micros held) {
  struct stages *stages = &packet->link->stages[packet->side];
  if (is_lost(stages)) {
    lose(packet, "chance");
    return;
  }
  struct packet *copy = is_copied(stages) ? copy_of(packet) : NULL;
  enter(packet, held);
  if (copy != NULL) enter(copy, held);
}

/* A host sends a packet onto its link. */
static void set_out(struct packet *packet) {
  struct link *link = packet->link;
  packet->stretch = packet->side == 0 ? 0 : link->box_count;
  if (link->cut[packet->stretch][packet->side] || packet->is_arp || tcp_of(packet->bytes) == NULL) {
    travel(packet);
    return;
  }
  if (link->stages[packet->side].mtu != 0 && packet->length > link->stages[packet->side].mtu) {
    lose(packet, "too-big");
    return;
  }
  const struct segment segment = count_segment(&link->counters[packet->side], packet->bytes);
  const struct treatment treatment = apply_rules(link, packet->side, &segment, packet->due);
  struct packet *copies[MAX_RULES];
  for (int i = 0; i < treatment.copies; i++) copies[i] = copy_of(packet);
  if (treatment.dropped) lose(packet, "rule");
  else try_chance(packet, treatment.held);
  for (int i = 0; i < treatment.copies; i++) try_chance(copies[i], treatment.held);
}

/* @param side which of its ends `from` is */
static struct link *link_between(const struct host *from, const struct host *to, int *side) {
  const int a = from - hosts, b = to - hosts;
  for (int i = 0; i < link_count; i++) {
    *side = links[i].ends[0] == a ? 0 : 1;
    if (links[i].ends[*side] == a && links[i].ends[1 - *side] == b) return &links[i];
  }
  return NULL;
}

static void carry(struct host *from, const unsigned char *bytes, int length, micros left) {
  const struct iphdr *ip = (const void *)bytes;
  if (length < (int)sizeof *ip || ip->version != 4) return;
  struct host *to = host_at((struct in_addr){ip->daddr});
  int side;
  struct link *link = to == NULL || to == from ? NULL : link_between(from, to, &side);
  if (link == NULL) return;
  struct packet *packet = new_ip_packet(link, side, left, bytes, length);
  if (from->boots[from->current].watch >= 0) packet->sent = when_sent(from, bytes, left);
  disguise(packet->bytes, &from->boots[from->current]);
  set_out(packet);
}

/* A switch hands it to the other host; on a routed path the router answers at once. */
static void carry_arp(struct host *from, const unsigned char *frame, int length, micros left) {
  if (length < ARP_FRAME) return;
  struct in_addr about;
  memcpy(&about, frame + ARP_FRAME - sizeof about, sizeof about);
  struct host *to = host_at(about);
  int side;
  struct link *link = to == NULL || to == from ? NULL : link_between(from, to, &side);
  if (link == NULL) return;
  struct packet *packet = new_packet(link, side, left, frame, ARP_FRAME);
  packet->is_arp = true;
  if (link->shared) {
    set_out(packet);
    return;
  }
  unsigned char reply[ARP_FRAME];
  answer_arp(from, frame, reply);
  if (write(from->boots[from->current].tun, reply, sizeof reply) != sizeof reply) die("an answer to ARP");
  report(packet, "delivered", left, 0);
  free(packet);
}

static void carry_frame(struct host *from, const unsigned char *frame, int length, micros left) {
  const int protocol = length < ETHERNET_HEADER ? 0 : frame[12] << 8 | frame[13];
  if (protocol == ETHERTYPE_IP) carry(from, frame + ETHERNET_HEADER, length - ETHERNET_HEADER, left);
  if (protocol == ETHERTYPE_ARP) carry_arp(from, frame, length, left);
}

micros next_moment(void) {
  static micros last = INT64_MIN;
  const micros present = now();
  last = present > last ? present : last + 1;
  return last;
}

void cable_read(struct host *host) {
  static unsigned char bytes[LARGEST];
  bool any = false;
  watch_read(host);
  while (host->on) {
    ssize_t length = read(host->boots[host->current].tun, bytes, sizeof bytes);
    if (length <= 0) break;
    any = true;
    if (host->ethernet) carry_frame(host, bytes, length, next_moment());
    else carry(host, bytes, length, next_moment());
  }
  if (any) host->has_news = true;
}

/* @return whether the host's kernel took it */
static bool write_to(const struct host *host, struct packet *packet) {
  const int tun = host->boots[host->current].tun;
  if (!packet->is_arp) reveal(packet->bytes, &host->boots[host->current]);
  if (!host->ethernet || packet->is_arp) return write(tun, packet->bytes, packet->length) == packet->length;
  unsigned char header[ETHERNET_HEADER];
  ethernet_header(header, host, sender_of(packet), ETHERTYPE_IP);
  const struct iovec frame[] = {{header, sizeof header}, {(void *)packet->bytes, packet->length}};
  return writev(tun, frame, 2) == (ssize_t)sizeof header + packet->length;
}

/* Reading states takes time, in which the next packet is late. */
static void tell_news(struct host *host) {
  if (host->has_news) poll_states(host);
  host->has_news = false;
}

void hand_over(struct packet *packet) {
  struct host *to = receiver_of(packet);
  const micros when = now();
  if (to->on && to->frozen) {
    wait_for_resume(packet);
    return;
  }
  if (!to->on || to->no_carrier) {
    report(packet, to->on ? "no-carrier" : "host-off", when, when - packet->due);
  } else {
    report(packet, "delivered", when, when - packet->due);
    if (!write_to(to, packet)) die("a device that takes no packet");
    to->has_news = true;
    /* What it answers at once is not to wait until states are read. */
    cable_read(to);
    /* These change states one after the other; of others the last one tells. */
    const struct tcphdr *tcp = packet->is_arp ? NULL : tcp_of(packet->bytes);
    if (tcp != NULL && (tcp->syn || tcp->fin || tcp->rst)) tell_news(to);
  }
  free(packet);
}

micros cable_deliver(void) {
  while (under_way != NULL && under_way->due <= now()) {
    struct packet *packet = under_way;
    under_way = packet->next;
    if (is_last_stretch(packet)) hand_over(packet);
    else if (packet->is_arp || tcp_of(packet->bytes) == NULL) pass_on(packet);
    else box_take(packet->link->boxes[packet->side == 0 ? packet->stretch : packet->stretch - 1], packet);
  }
  for (int i = 0; i < host_count; i++) tell_news(&hosts[i]);
  return under_way == NULL ? NEVER : under_way->due;
}

bool cable_is_empty(void) {
  return under_way == NULL;
}

void cable_finish(void) {
  for (struct packet *packet = under_way; packet != NULL; packet = packet->next) report(packet, "under-way", end_time, 0);
  finish_waiting();
}
