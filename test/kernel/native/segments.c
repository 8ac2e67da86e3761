/* Mirrors extension/engine/network/data-count.ts and extension/trace/expectations/segment-class.ts. */
#include "segments.h"

#include <arpa/inet.h>
#include <string.h>

const struct tcphdr *tcp_of(const unsigned char *packet) {
  const struct iphdr *ip = (const void *)packet;
  return ip->protocol == IPPROTO_TCP ? (const void *)(packet + ip->ihl * 4) : NULL;
}

int data_length(const unsigned char *packet) {
  const struct iphdr *ip = (const void *)packet;
  return ntohs(ip->tot_len) - ip->ihl * 4 - tcp_of(packet)->doff * 4;
}

uint32_t end_of(const unsigned char *packet) {
  const struct tcphdr *tcp = tcp_of(packet);
  return ntohl(tcp->seq) + data_length(packet) + tcp->syn + tcp->fin;
}

static int32_t diff(uint32_t a, uint32_t b) {
  return (int32_t)(a - b);
}

static bool is_bare_ack(const struct tcphdr *tcp, int length) {
  return tcp->ack && !tcp->syn && !tcp->fin && !tcp->rst && length == 0;
}

static struct course *course_of(struct counter *counter, const struct tcphdr *tcp) {
  for (int i = 0; i < counter->count; i++)
    if (counter->courses[i].from == tcp->source && counter->courses[i].to == tcp->dest) return &counter->courses[i];
  return NULL;
}

struct segment count_segment(struct counter *counter, const unsigned char *packet) {
  const struct tcphdr *tcp = tcp_of(packet);
  struct segment segment = {.tcp = tcp, .length = data_length(packet)};
  const uint32_t seq = ntohl(tcp->seq), end = end_of(packet), ack = ntohl(tcp->ack_seq);
  const uint16_t window = ntohs(tcp->window);
  struct course *course = course_of(counter, tcp);
  if (course == NULL || (tcp->syn && diff(seq, course->up_to) != -1)) {
    if (course == NULL) {
      if (counter->count == 64) die("too many connections on a link");
      course = &counter->courses[counter->count++];
    }
    *course = (struct course){.from = tcp->source, .to = tcp->dest, .up_to = end, .number = segment.length > 0};
    segment.is_new = true;
  } else {
    const bool bare = is_bare_ack(tcp, segment.length);
    segment.is_new = diff(end, course->up_to) > 0;
    segment.is_probe = bare && diff(seq, course->up_to) < 0;
    segment.is_update = bare && !segment.is_probe && ack == course->ack && window > course->window;
    if (segment.is_new) {
      course->up_to = end;
      if (segment.length > 0) course->number++;
    }
  }
  course->ack = ack;
  course->window = window;
  segment.number = course->number;
  return segment;
}

bool is_of_class(const struct segment *segment, const char *class) {
  const struct tcphdr *tcp = segment->tcp;
  if (strcmp(class, "segment") == 0) return true;
  if (strcmp(class, "SYN") == 0) return tcp->syn && !tcp->ack;
  if (strcmp(class, "SYN-ACK") == 0) return tcp->syn && tcp->ack;
  if (strcmp(class, "ACK") == 0) return is_bare_ack(tcp, segment->length) && !segment->is_probe;
  if (strcmp(class, "FIN") == 0) return tcp->fin;
  if (strcmp(class, "RST") == 0) return tcp->rst;
  if (strcmp(class, "data-segment") == 0) return segment->length > 0;
  if (strcmp(class, "retransmission") == 0) return !segment->is_new && (segment->length > 0 || tcp->syn || tcp->fin);
  if (strcmp(class, "window-update") == 0) return segment->is_update;
  if (strcmp(class, "zero-window") == 0) return tcp->window == 0 && !tcp->syn && !tcp->fin && !tcp->rst;
  die("the class of a segment");
}
