/* The programs of a scenario, each a process of its own in its host's namespace: killing one is a real kill -9. */
#define _GNU_SOURCE
#include "command.h"
#include "lab.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct process processes[MAX_PROCESSES];
int process_count;

struct process *process_named(const char *name) {
  for (int i = 0; i < process_count; i++)
    if (strcmp(processes[i].name, name) == 0) return &processes[i];
  return NULL;
}

/* Nothing of the recorder may stay open in the program: descriptors keep namespaces and devices alive. */
static void become_agent(const struct process *process, int control, int ns) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (setns(ns, CLONE_NEWNET) < 0) _exit(1);
  dup2(control, 3);
  close_range(4, ~0U, 0);
  agent_main(process, 3);
}

void process_start(struct process *process) {
  struct host *host = &hosts[process->host];
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0) die("a socket pair");
  pid_t pid = fork();
  if (pid < 0) die("a process");
  if (pid == 0) become_agent(process, pair[1], host->boots[host->current].ns);
  close(pair[1]);
  process->pid = pid;
  process->control = pair[0];
  process->running = true;
}

void process_kill(struct process *process) {
  /* 0: forked, and not reported yet. */
  if (process->pid > 0) kill(process->pid, SIGKILL);
  process_read(process);
  if (process->running) close(process->control);
  process->control = -1;
  process->running = false;
}

void process_tell(struct process *process, const char *command) {
  if (process->running) send_command(process->control, command, -1);
}

void process_fork(struct process *process, struct process *child) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0) die("a socket pair");
  char command[64];
  snprintf(command, sizeof command, "fork %s", child->name);
  send_command(process->control, command, pair[1]);
  close(pair[1]);
  child->control = pair[0];
  child->pid = 0;
  child->running = true;
}

void process_read(struct process *process) {
  char message[256];
  bool any = false;
  for (;;) {
    ssize_t length = recv(process->control, message, sizeof message - 1, 0);
    if (length == 0) {
      /* It has ended by itself. */
      close(process->control);
      process->control = -1;
      process->running = false;
    }
    if (length <= 0) break;
    message[length] = 0;
    any = true;
    unsigned port;
    int pid;
    char name[NAME_SIZE];
    if (sscanf(message, "port %u %31s", &port, name) == 2) {
      name_port(port, name);
      printf("port %lld %u %s\n", (long long)now(), port, name);
      char command[64];
      snprintf(command, sizeof command, "name %u %s", port, name);
      for (int i = 0; i < process_count; i++) process_tell(&processes[i], command);
    } else if (sscanf(message, "forked %31s %d", name, &pid) == 2) {
      process_named(name)->pid = pid;
    } else {
      printf("%s %s\n", message, process->name);
    }
  }
  if (any) poll_states(&hosts[process->host]);
}
