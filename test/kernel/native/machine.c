/*
 * Knobs that all namespaces share: set while the recording lasts. A process of its own puts them back when the recorder is gone, however
 * it went.
 */
#define _GNU_SOURCE
#include "lab.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAX_KNOBS 8

static struct knob {
  char path[96], value[48], before[48];
} knobs[MAX_KNOBS];
static int knob_count;

void set_machine_sysctl(const char *path, const char *value) {
  if (knob_count == MAX_KNOBS) die("too many knobs of the machine");
  struct knob *knob = &knobs[knob_count++];
  snprintf(knob->path, sizeof knob->path, "%s", path);
  snprintf(knob->value, sizeof knob->value, "%s", value);
}

/* Until the other end of the pipe is closed by whatever ends the recorder. */
static void stand_guard(int pipe_end) {
  prctl(PR_SET_PDEATHSIG, 0);
  setsid();
  for (int signal_number = 1; signal_number < SIGRTMIN; signal_number++) signal(signal_number, SIG_IGN);
  char nothing;
  while (read(pipe_end, &nothing, 1) > 0) continue;
  for (int i = 0; i < knob_count; i++) write_sysctl(knobs[i].path, knobs[i].before);
  _exit(0);
}

void turn_machine_knobs(void) {
  if (knob_count == 0) return;
  for (int i = 0; i < knob_count; i++)
    if (!read_sysctl(knobs[i].path, knobs[i].before, sizeof knobs[i].before)) die(knobs[i].path);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) die("a pipe");
  const pid_t pid = fork();
  if (pid < 0) die("a process");
  if (pid == 0) {
    close(ends[1]);
    stand_guard(ends[0]);
  }
  close(ends[0]);
  for (int i = 0; i < knob_count; i++)
    if (!write_sysctl(knobs[i].path, knobs[i].value)) printf("info sysctl-refused machine %s=%s\n", knobs[i].path, knobs[i].value);
}
