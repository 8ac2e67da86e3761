/* A packet on the cable. */
#ifndef PACKET_H
#define PACKET_H

#include "segments.h"

struct box;

struct packet {
  struct packet *next;
  struct link *link;
  /* Which of the link's ends sent it, and the stretch that it is on, counted from the first end. */
  int side, stretch;
  /* `due`: when it gets to the end of the stretch. */
  micros sent, due;
  /* Made by a rule: what becomes of it is not written down. */
  bool is_copy;
  /* `bytes` are an Ethernet frame with ARP, and not an IP packet. */
  bool is_arp;
  /* A router waits so long for the next hop; 0 = it does not. */
  micros held_until;
  /* As its sender knows them, whatever a NAT makes of them. */
  uint16_t ports[2];
  int length;
  unsigned char bytes[];
};

struct host *receiver_of(const struct packet *packet);
struct host *sender_of(const struct packet *packet);
/* Writes down what became of it. `late`: how much later than due it was handed over. */
void report(const struct packet *packet, const char *fate, micros when, micros late);
/* The same of a TCP packet that is on no cable. */
void report_segment(const struct host *from, const unsigned char *bytes, micros sent, const char *fate, micros when);
/* No two packets have the same time: so their order is known. */
micros next_moment(void);

/* To its receiver, whose cable it has come to. */
void hand_over(struct packet *packet);

/* ---- freeze.c ---- */

/* The receiver is frozen. */
void wait_for_resume(struct packet *packet);
void finish_waiting(void);

/* ---- secrets.c: a packet from, and to, a host that another boot drew its numbers for ---- */

void disguise(unsigned char *packet, const struct boot *boot);
void reveal(unsigned char *packet, const struct boot *boot);

/* ---- what a box can do with a packet that has come to it, see cable.c ---- */

/* It goes on from here. */
void pass_on(struct packet *packet);
/* It comes again at that time. */
void put_off(struct packet *packet, micros until);
/* It is lost here. */
void lose(struct packet *packet, const char *fate);
/* A packet of the box's own goes back to where this one came from. */
void answer(const struct packet *packet, const unsigned char *bytes, int length);
/* Whether it cannot go on from here: a cut, or the host behind is off. */
bool is_obstructed(const struct packet *packet);

/* A packet came to a box: it has the packet from then on. */
void box_take(struct box *box, struct packet *packet);

#endif
