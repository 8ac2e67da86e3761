/* Mirrors extension/engine/network/{chance,queue,propagation}.ts, draw for draw. */
#include "stages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PPM 1e6
/* `txqueuelen` of an Ethernet interface. */
#define DEFAULT_QUEUE 1000

struct stages *new_stages(void) {
  struct stages *stages = calloc(2, sizeof *stages);
  if (stages == NULL) die("memory");
  stages[0].queue_limit = stages[1].queue_limit = DEFAULT_QUEUE;
  return stages;
}

static double draw(uint32_t *state) {
  *state += 0x6d2b79f5;
  uint32_t t = (*state ^ *state >> 15) * (1 | *state);
  t = (t + (t ^ t >> 7) * (61 | t)) ^ t;
  return (t ^ t >> 14) / 4294967296.0;
}

/* Draws only where there is a chance. */
static bool happens(long chance, uint32_t *stream) {
  return chance > 0 && draw(stream) * PPM < chance;
}

void set_stage(struct stages *stages, char words[][NAME_SIZE]) {
  const char *kind = words[0];
  if (strcmp(kind, "bandwidth") == 0) stages->bandwidth = atof(words[1]);
  else if (strcmp(kind, "queue") == 0) {
    stages->queue_in_bytes = strcmp(words[1], "bytes") == 0;
    stages->queue_limit = atol(words[2]);
  } else if (strcmp(kind, "jitter") == 0) stages->jitter = atoll(words[1]);
  else if (strcmp(kind, "loss") == 0) stages->loss = atol(words[1]);
  else if (strcmp(kind, "duplication") == 0) stages->duplication = atol(words[1]);
  else if (strcmp(kind, "reordering") == 0) {
    stages->reordering = atol(words[1]);
    stages->reordering_by = atoll(words[2]);
  } else if (strcmp(kind, "mtu") == 0) stages->mtu = atoi(words[1]);
  else die("the setting of a link");
}

void clear_queue(struct stages *stages) {
  stages->count = 0;
  stages->waiting_bytes = 0;
  stages->free = 0;
}

bool is_lost(struct stages *stages) {
  return happens(stages->loss, &stages->loss_stream);
}

bool is_copied(struct stages *stages) {
  return happens(stages->duplication, &stages->duplication_stream);
}

static micros whole_micros(double time) {
  return ceil(time - 1e-6);
}

/* @return when it has left, or NEVER: there is no room for it */
static micros leave(struct stages *stages, int bytes, micros at) {
  if (stages->bandwidth == 0 && stages->free <= at) return at;
  while (stages->count > 0 && stages->queue[stages->first].begins <= at) {
    stages->waiting_bytes -= stages->queue[stages->first].bytes;
    stages->first = (stages->first + 1) % QUEUE_SIZE;
    stages->count--;
  }
  const double begins = fmax(at, stages->free);
  if (begins > at) {
    const bool full = stages->queue_in_bytes ? stages->waiting_bytes + bytes > stages->queue_limit : stages->count >= stages->queue_limit;
    if (full || stages->count == QUEUE_SIZE) return NEVER;
    stages->queue[(stages->first + stages->count++) % QUEUE_SIZE] = (struct waiting){begins, bytes};
    stages->waiting_bytes += bytes;
  }
  stages->free = begins + (stages->bandwidth == 0 ? 0 : bytes * 8e6 / stages->bandwidth);
  return whole_micros(stages->free);
}

struct course_taken run_stages(struct stages *stages, int bytes, micros sent, micros held, micros delay) {
  if (happens(stages->reordering, &stages->reordering_stream)) held += stages->reordering_by;
  const micros left = leave(stages, bytes, sent);
  if (left == NEVER) return (struct course_taken){.lost = "queue-full"};
  const micros longer = stages->jitter == 0 ? 0 : floor(draw(&stages->jitter_stream) * (stages->jitter + 1));
  micros at = left + delay + longer;
  if (at < stages->last) at = stages->last;
  if (held == 0) stages->last = at;
  return (struct course_taken){.due = at + held};
}
