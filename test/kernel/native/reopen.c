/* Connections that a program will open again, under the same name. */
#include "agent.h"

#include <stddef.h>

/* At the same time. */
#define MAX_REOPENINGS 16

static struct {
  micros at;
  struct stream of;
} reopenings[MAX_REOPENINGS];
static int reopening_count;

void reopen_later(const struct stream *stream, micros at) {
  if (reopening_count == MAX_REOPENINGS) return;
  reopenings[reopening_count].at = at;
  reopenings[reopening_count++].of = *stream;
}

const struct stream *to_reopen(void) {
  static struct stream again;
  for (int i = 0; i < reopening_count; i++) {
    if (reopenings[i].at > now()) continue;
    again = reopenings[i].of;
    reopenings[i] = reopenings[--reopening_count];
    return &again;
  }
  return NULL;
}

micros next_reopening(void) {
  micros next = NEVER;
  for (int i = 0; i < reopening_count; i++)
    if (reopenings[i].at < next) next = reopenings[i].at;
  return next;
}
