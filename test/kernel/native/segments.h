/* What a segment is: the classes of the scenario language, told by what is on the wire. */
#ifndef SEGMENTS_H
#define SEGMENTS_H

#include "lab.h"

#include <netinet/ip.h>
#include <netinet/tcp.h>

/* Of one connection and direction: what has passed. */
struct course {
  uint16_t from, to;
  /* The end of the sequence numbers so far, and how many data segments, copies not counted. */
  uint32_t up_to;
  long number;
  /* Of the last segment. */
  uint32_t ack;
  uint16_t window;
};
struct counter {
  struct course courses[64];
  int count;
};

struct segment {
  const struct tcphdr *tcp;
  int length;
  /* It carries sequence numbers that had not passed before. */
  bool is_new;
  /* So many data segments have passed, this one included. */
  long number;
  /* A bare ACK from before what was sent: a keepalive or window probe. */
  bool is_probe;
  /* Tells of nothing but a larger window. */
  bool is_update;
};

/* NULL when it is not TCP. */
const struct tcphdr *tcp_of(const unsigned char *packet);
int data_length(const unsigned char *packet);
/* Where the sequence numbers of a segment end. */
uint32_t end_of(const unsigned char *packet);
/* Counts a TCP packet that passes. */
struct segment count_segment(struct counter *counter, const unsigned char *packet);
/* `class`: its name, with - for spaces. */
bool is_of_class(const struct segment *segment, const char *class);

#endif
