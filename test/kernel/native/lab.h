/* What the parts of the recorder share. Times are whole microseconds since the start of the recording. */
#ifndef LAB_H
#define LAB_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_HOSTS 8
#define MAX_LINKS 8
#define MAX_BOXES 4
#define MAX_PROCESSES 16
#define MAX_BOOTS 8
#define MAX_ACTIONS 1024
#define MAX_WORDS 12
#define NAME_SIZE 32

typedef int64_t micros;
#define NEVER INT64_MAX

/* ---- clock.c ---- */

/* Time since the start; negative before it. */
micros now(void);
/*
 * Chooses the start: 50 us after the beginning of a jiffy whose number is a multiple of `align`, so that the timer wheel stands in every
 * recording as it does at the start of every run of the engine. Prints what was found. Without /proc/timer_list it cannot align.
 */
void choose_start(long align);
/* The start as CLOCK_MONOTONIC nanoseconds, for agents. */
extern int64_t start_ns;

/* ---- host.c ---- */

/* One network namespace: what a host is from one boot to the next. */
struct boot {
  int tun, diag, ns;
};

struct host {
  char name[NAME_SIZE];
  struct in_addr address;
  bool on;
  /* Made beforehand, since making a namespace takes time: the host is at `boots[current]` now. */
  struct boot boots[MAX_BOOTS];
  int boot_count, current;
};
extern struct host hosts[MAX_HOSTS];
extern int host_count;

struct sysctl {
  int host;
  char path[96], value[48];
};
extern struct sysctl sysctls[256];
extern int sysctl_count;

struct host *host_named(const char *name);
struct host *host_at(struct in_addr address);
/* Makes the namespaces of all hosts, `boot_count` for each. */
void build_hosts(void);
/* The power is gone: nothing leaves any more, the namespace goes with all that is in it. */
void host_power_loss(struct host *host);
void host_boot(struct host *host);

/* ---- boxes.c: firewalls, routers and NATs ---- */

struct box;

struct box *box_named(const char *name);
/* KIND NAME LINK …: stands behind those that are on the link already. */
void build_box(char *words[], int count);
/* Carries out a statement that is about a box. */
void box_act(struct box *box, char words[][NAME_SIZE]);

/* ---- cable.c ---- */

struct counter;

/* Boxes divide it into stretches, counted from its first end. */
struct link {
  char name[NAME_SIZE];
  int ends[2];
  struct box *boxes[MAX_BOXES];
  int box_count;
  micros delays[MAX_BOXES + 1];
  /* By stretch and sending side. */
  bool cut[MAX_BOXES + 1][2];
  /* By sending side: what has set out. */
  struct counter *counters;
};
extern struct link links[MAX_LINKS];
extern int link_count;

struct link *link_named(const char *name);
/* `from` -1: both directions. What is under way is lost. */
void link_set(struct link *link, int from, int stretch, bool cut);
/* A host's device has packets to read. */
void cable_read(struct host *host);
/* Hands over what is due. @return when the next packet is, or NEVER. */
micros cable_deliver(void);
/* Reports packets that are still under way when the recording ends. */
void cable_finish(void);

/* ---- states.c ---- */

/* Reads the states of all ends (sock_diag) and reports those that changed. */
void poll_states(struct host *host);
void forget_states(struct host *host);
/* Whether an end is in a state that it can leave without a packet or a call. */
bool may_vanish(void);

/* ---- process.c ---- */

struct process {
  char name[NAME_SIZE];
  int host;
  /* Another process forks it: it does not run from the beginning. */
  bool forked;
  bool running;
  pid_t pid;
  int control;
  char behaviours[8][64];
  int behaviour_count;
};
extern struct process processes[MAX_PROCESSES];
extern int process_count;

struct process *process_named(const char *name);
void process_start(struct process *process);
void process_kill(struct process *process);
/* `child` begins with copies of all descriptors of `process`. */
void process_fork(struct process *process, struct process *child);
void process_tell(struct process *process, const char *command);
/* Reads what the program reports, and passes it on. */
void process_read(struct process *process);

/* ---- agent.c ---- */

/* The congestion control of every socket; empty = the kernel's default. */
extern char congestion[NAME_SIZE];

/* The program itself: does what it is told on `control`, behaves as `behaviours` say. Never returns. */
void agent_main(const struct process *self, int control) __attribute__((noreturn));

/* ---- timeline.c ---- */

void read_script(void);
/* Does what is due. @return when the next statement is, or NEVER. */
micros timeline_run(void);
void timeline_state(const char *connection, struct host *host, const char *state);
extern micros end_time;
extern long start_align;

/* ---- names.c: connections by the client's port ---- */

void name_port(uint16_t port, const char *name);
const char *name_of_port(uint16_t a, uint16_t b);

void die(const char *what) __attribute__((noreturn));

#endif
