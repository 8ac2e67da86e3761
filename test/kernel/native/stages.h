/* What one direction of a link does to what is sent into it: chance, bandwidth and queue, the time of the way. */
#ifndef STAGES_H
#define STAGES_H

#include "lab.h"

struct packet;

/* What waits for the line: when its first bit leaves. */
struct waiting {
  double begins;
  int bytes;
};

#define QUEUE_SIZE 4096

struct stages {
  /* Bytes of an IP packet, 0 = any. */
  int mtu;
  /* Parts per million. */
  long loss, duplication, reordering;
  micros reordering_by, jitter;
  /* Bits per second, 0 = it takes no time. */
  double bandwidth;
  long queue_limit;
  bool queue_in_bytes;
  struct waiting queue[QUEUE_SIZE];
  int first, count;
  long waiting_bytes;
  /* When the line has sent all that came so far. */
  double free;
  /* When the last packet gets there that kept its place. */
  micros last;
  /* mulberry32, as extension/engine/random.ts. */
  uint32_t jitter_stream, reordering_stream, duplication_stream, loss_stream;
};

struct stages *new_stages(void);
/* `words`: KIND VALUES, see ../README.md. Not the delay. */
void set_stage(struct stages *stages, char words[][NAME_SIZE]);
/* What waited is lost elsewhere. */
void clear_queue(struct stages *stages);

/* What becomes of a packet of so many bytes that is sent now. */
struct course_taken {
  /* NULL: it is on its way. */
  const char *lost;
  micros due;
};
/* By chance it is lost. */
bool is_lost(struct stages *stages);
bool is_copied(struct stages *stages);
/* The rest, for the packet and for its copy. `held`: by a rule. */
struct course_taken run_stages(struct stages *stages, int bytes, micros sent, micros held, micros delay);

#endif
