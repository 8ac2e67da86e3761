/* Plays one scenario on the real kernel: script on standard input, what happened on standard output. Needs root. */
#define _GNU_SOURCE
#include "lab.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* How often states are read when nothing happens: an end that vanishes without a packet or a call is seen so late at most. */
#define POLL_INTERVAL 20000
#define IDLE_POLL_INTERVAL 500000
/* So long after a statement its program has begun to do it: a close() that lingers is told of only when it returns. */
#define BEGUN 1000

void die(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void wait_until(micros next) {
  struct pollfd polls[MAX_HOSTS + MAX_PROCESSES + MAX_HOSTS];
  for (int i = 0; i < host_count; i++)
    polls[i] = (struct pollfd){.fd = hosts[i].on ? hosts[i].boots[hosts[i].current].tun : -1, .events = POLLIN};
  for (int i = 0; i < process_count; i++)
    polls[host_count + i] = (struct pollfd){.fd = processes[i].running ? processes[i].control : -1, .events = POLLIN};
  struct pollfd *watches = polls + host_count + process_count;
  for (int i = 0; i < host_count; i++)
    watches[i] = (struct pollfd){.fd = hosts[i].on ? hosts[i].boots[hosts[i].current].watch : -1, .events = POLLIN};
  const micros wait = next - now() > 0 ? next - now() : 0;
  const struct timespec timeout = {.tv_sec = wait / 1000000, .tv_nsec = wait % 1000000 * 1000};
  if (ppoll(polls, host_count + process_count + host_count, &timeout, NULL) <= 0) return;
  for (int i = 0; i < host_count; i++)
    if (watches[i].revents != 0) watch_read(&hosts[i]);
  for (int i = 0; i < host_count; i++)
    if (polls[i].revents != 0) cable_read(&hosts[i]);
  for (int i = 0; i < process_count; i++) {
    if ((polls[host_count + i].revents & POLLIN) != 0) process_read(&processes[i]);
    else if (polls[host_count + i].revents != 0) processes[i].running = false;
  }
}

/* One processor for everything, so that all timers hang on one wheel. The last one: interrupts mostly go to the first. */
static void choose_processor(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &set);
  sched_setaffinity(0, sizeof set, &set);
}

int main(void) {
  /* Written at the end: a full pipe must not stop the cable. */
  setvbuf(stdout, NULL, _IOFBF, 32 << 20);
  signal(SIGCHLD, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  choose_processor();
  const struct sched_param priority = {.sched_priority = 50};
  struct utsname names;
  if (uname(&names) == 0) printf("info kernel %s\n", names.release);
  printf("info realtime %s\n", sched_setscheduler(0, SCHED_FIFO, &priority) == 0 ? "yes" : "no");
  read_script();
  turn_machine_knobs();
  build_hosts();
  choose_start(start_align, start_minute, start_second);
  for (int i = 0; i < process_count; i++)
    if (!processes[i].forked) process_start(&processes[i]);
  for (micros next_poll = 0; now() < end_time;) {
    micros next = timeline_run();
    if (timeline_acted() && next_poll > now() + BEGUN) next_poll = now() + BEGUN;
    const micros deliver = cable_deliver();
    if (deliver < next) next = deliver;
    if (now() >= next_poll) {
      for (int i = 0; i < host_count; i++) poll_states(&hosts[i]);
      next_poll = now() + (may_vanish() ? POLL_INTERVAL : IDLE_POLL_INTERVAL);
    }
    if (may_vanish() && next_poll > now() + POLL_INTERVAL) next_poll = now() + POLL_INTERVAL;
    if (next_poll < next) next = next_poll;
    wait_until(next < end_time ? next : end_time);
  }
  cable_finish();
  for (int i = 0; i < host_count; i++) {
    watch_finish(&hosts[i]);
    if (!keeps_reachable_time(&hosts[i])) printf("info neighbours drawn-anew\n");
  }
  printf("info ended %lld\n", (long long)now());
  for (int i = 0; i < process_count; i++)
    if (processes[i].running && processes[i].pid > 0) kill(processes[i].pid, SIGKILL);
  return 0;
}
