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
/* Ticks a second. */
long ticks(void);
/*
 * Chooses the start: 50 us after the beginning of a jiffy whose number is a multiple of `align`, so that the timer wheel stands in every
 * recording as it does at the start of every run of the engine; with `minute` also near the beginning of a whole minute, with `second`
 * of a whole second of CLOCK_MONOTONIC. Prints what was found. Without /proc/timer_list it cannot align.
 */
void choose_start(long align, bool minute, bool second);
/* So late it is all at once, and no kernel has noticed. */
void skip_to(micros time);

/* ---- host.c ---- */

/* One network namespace: what a host is from one boot to the next. */
struct boot {
  int tun, diag, ns;
  /* What the kernel sends before it reaches a device (watch.c); -1 = not watched. */
  int watch;
  /* For the queue of its device and its routes; -1 = nothing changes them. */
  int rtnetlink;
  /* Index of its device. */
  int device;
  /* What its numbers are ahead of those of the machine's secrets. */
  uint32_t seq_shift, ts_shift;
};

#define METRICS 4

/* What a route says; `to` 0.0.0.0: the default route. */
struct route {
  struct in_addr to;
  uint32_t metrics[METRICS];
};

struct host {
  char name[NAME_SIZE];
  struct in_addr address;
  bool on;
  /* Its device is a TAP: it has a hardware address, finds others by ARP, and its cable can be out. */
  bool ethernet, no_carrier;
  /* The queue of its device changes during the run; it takes nothing now. */
  bool has_queue, queue_full;
  bool frozen;
  /* It has got packets since its states were read. */
  bool has_news;
  /* Congestion control of every socket. */
  char congestion[NAME_SIZE];
  /* Of its device, 0 = 1500. */
  int mtu;
  /* What it draws for how long a neighbour is reachable. */
  bool draws_reachable;
  uint32_t reachable_draw;
  struct route routes[MAX_HOSTS];
  int route_count;
  /* Routes go during the run. */
  bool loses_routes;
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

/* Of the present namespace. `path`: below /proc/sys/net. */
bool write_sysctl(const char *path, const char *value);
bool read_sysctl(const char *path, char *value, size_t size);
struct host *host_named(const char *name);
struct host *host_at(struct in_addr address);
/* Makes the namespaces of all hosts, `boot_count` for each. */
void build_hosts(void);
/* The power is gone: nothing leaves any more, the namespace goes with all that is in it. */
void host_power_loss(struct host *host);
void host_boot(struct host *host);

/* ---- machine.c ---- */

void set_machine_sysctl(const char *path, const char *value);
/* To be called in the machine's own namespace. */
void turn_machine_knobs(void);

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
  /* By stretch and sending side. */
  micros delays[MAX_BOXES + 1][2];
  /* The hosts are each other's next hop; otherwise that is a router, which always answers. */
  bool shared;
  /* By stretch and sending side. */
  bool cut[MAX_BOXES + 1][2];
  /* By sending side: what has set out. */
  struct counter *counters;
  /* By sending side: the first stretch, with all that the link does. */
  struct stages *stages;
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
/* Whether no packet is under way. */
bool cable_is_empty(void);
/* Reports packets that are still under way when the recording ends. */
void cable_finish(void);

/* ---- ethernet.c: hosts whose device is a TAP ---- */

/* What the header of a frame takes. */
#define ETHERNET_HEADER 14
/* A frame with ARP. */
#define ARP_FRAME (ETHERNET_HEADER + 28)

/*
 * The kernel draws at random how long a neighbour is reachable (net/core/neighbour.c neigh_rand_reach_time): it is made to draw until it
 * has what the engine drew (neighbours.c). @return whether it still has that; it draws anew every 5 minutes
 */
void draw_reachable_time(const struct host *host, const char *device);
bool keeps_reachable_time(const struct host *host);
/* Gives the device its hardware address; what lies behind routers is known from the beginning. */
void ethernet_prepare(const struct host *host, int sock, const char *device);
/* A host's hardware address, or the router's. */
void put_address(unsigned char *at, const struct host *host);
/*
 * The next hop of a routed path need not be asked for (NUD_NOARP), until carrier loss makes the kernel forget it: as
 * extension/engine/host/last-hop.ts has it.
 */
void add_next_hop(const struct host *other, const char *device);
/* Writes a frame's header: from `sender`, or from the router between when it is NULL. */
void ethernet_header(unsigned char *frame, const struct host *receiver, const struct host *sender, uint16_t protocol);
/* The answer of the router that lies behind a host's cable. */
void answer_arp(const struct host *host, const unsigned char *request, unsigned char *reply);
/* `request` to all, `probe` to one, or `reply`. */
const char *arp_kind(const unsigned char *frame);
/* A host's own cable is pulled or plugged in. */
void set_carrier(struct host *host, bool up);

/* ---- watch.c: what a host sends, whether it reaches a cable or not ---- */

/* In the present namespace. */
int open_watch(void);
/* Reads what has been sent since. */
void watch_read(struct host *host);
/* A packet has reached the cable. @return when it was sent */
micros when_sent(const struct host *host, const unsigned char *packet, micros otherwise);
/* What never reached the cable: with its power a host loses it, and at the end it is over. */
void watch_finish(const struct host *host);

/* ---- device-queue.c ---- */

void set_device_queue(struct host *host, bool full);

/* ---- routes.c ---- */

void route_metric(struct host *host, struct in_addr to, const char *name, uint32_t value);
/* In the present namespace. */
void set_routes(struct host *host, int device);
/* In the present namespace. */
int open_rtnetlink(void);
/* The route to another host goes, or is there again. */
void lose_route(struct host *host, struct in_addr to, bool gone);

/* ---- freeze.c ---- */

/* Where a timer of the host's kernel is pending, time stands still from here on (timeline.c). */
void freeze(struct host *host);
/* What had waited for it is there at once. */
void resume(struct host *host);

/* ---- states.c ---- */

/* Whether a timer of a connection is pending, delayed acknowledgements not counted. */
bool has_timers(struct host *host);

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

/* The program itself: does what it is told on `control`, behaves as `behaviours` say. Never returns. */
void agent_main(const struct process *self, int control) __attribute__((noreturn));

/* ---- timeline.c ---- */

void read_script(void);
/* Does what is due. @return when the next statement is, or NEVER. */
micros timeline_run(void);
/* @return whether it did anything since this was asked last */
bool timeline_acted(void);
void timeline_state(const char *connection, struct host *host, const char *state);
/* Until this is false again no time passes between statements. */
extern bool time_stands_still;
extern micros end_time;
extern long start_align;
extern bool start_minute, start_second;

/* ---- names.c: connections by the client's port ---- */

void name_port(uint16_t port, const char *name);
const char *name_of_port(uint16_t a, uint16_t b);

void die(const char *what) __attribute__((noreturn));

#endif
