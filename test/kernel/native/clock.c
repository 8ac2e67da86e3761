/* The recording's clock, and its start in step with the kernel's jiffies. */
#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/* Of the recording, as CLOCK_MONOTONIC nanoseconds; its programs see it move. */
static int64_t *start;

static int64_t monotonic(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

micros now(void) {
  int64_t since = monotonic() - *start;
  return since >= 0 ? since / 1000 : -((-since + 999) / 1000);
}

void skip_to(micros time) {
  *start -= 1000 * (time - now());
}

long ticks(void) {
  struct timespec resolution;
  clock_getres(CLOCK_MONOTONIC_COARSE, &resolution);
  return 1000000000 / resolution.tv_nsec;
}

/* What /proc/timer_list says of the tick: the number of the present jiffy, and a time at which a tick is due. */
static bool read_tick(unsigned long long *jiffies, long long *tick_at) {
  FILE *list = fopen("/proc/timer_list", "r");
  if (list == NULL) return false;
  char line[256];
  bool is_tick = false, has_tick = false, has_jiffies = false;
  while (fgets(line, sizeof line, list) != NULL && !(has_tick && has_jiffies)) {
    if (is_tick && sscanf(line, " # expires at %lld", tick_at) == 1) has_tick = true;
    is_tick = strstr(line, "tick_nohz_handler") != NULL || strstr(line, "tick_sched_timer") != NULL;
    if (sscanf(line, "jiffies: %llu", jiffies) == 1) has_jiffies = true;
  }
  fclose(list);
  return has_tick && has_jiffies;
}

/* The start lies so far in a jiffy: nothing is counted to the one before, and lateness seldom reaches the next. */
#define INTO_JIFFY 50000
#define SET_UP_TIME 50000000
/* So many seconds of a minute, counted in jiffies, have passed at most. */
#define INTO_MINUTE 5
/* So soon after a tick its number may not have been counted yet. */
#define TICK_LATENESS 500000

/* What of a second has passed at most, in nanoseconds. */
#define INTO_SECOND 50000000

void choose_start(long align, bool minute, bool second) {
  const int64_t tick = 1000000000 / ticks();
  printf("info hz %ld\n", ticks());
  start = mmap(NULL, sizeof *start, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) die("memory");
  for (int tries = 0; tries < 100; tries++) {
    unsigned long long jiffies;
    long long tick_at;
    const int64_t before = monotonic();
    if (!read_tick(&jiffies, &tick_at)) break;
    const int64_t after = monotonic();
    const int64_t phase = tick_at % tick;
    const int64_t began = (before - phase) / tick * tick + phase;
    if (before - began < TICK_LATENESS || after - began >= tick) continue;
    const unsigned long long first = jiffies + SET_UP_TIME / tick + 1;
    unsigned long long aligned = (first + align - 1) / align * align;
    /* A SYN cookie counts these minutes (tcp_cookie_time). */
    while (minute && aligned % (60 * ticks()) >= INTO_MINUTE * (unsigned long long)ticks()) aligned += align;
    *start = began + (int64_t)(aligned - jiffies) * tick + INTO_JIFFY;
    while (second && *start % 1000000000 > INTO_SECOND) *start += align * tick;
    printf("info jiffies aligned %ld\n", align);
    return;
  }
  *start = monotonic() + SET_UP_TIME;
  printf("info jiffies unknown\n");
}
