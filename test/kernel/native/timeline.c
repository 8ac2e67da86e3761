/* The script of a recording, and its statements at their times. The script's words are in ../README.md. */
#include "lab.h"
#include "rules.h"
#include "stages.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

micros end_time = NEVER;
long start_align = 1;
bool start_minute, start_second;
bool time_stands_still;

struct statement {
  /* NEVER while it waits for another statement or for a state. */
  micros at;
  int index;
  bool done;
  /* The statement that it follows, and by how much; -1 = none. */
  int follows;
  micros delay;
  /* The state that it waits for. */
  char connection[NAME_SIZE], state[NAME_SIZE];
  struct host *host;
  char words[MAX_WORDS][NAME_SIZE];
  int count;
};
static struct statement statements[MAX_ACTIONS];
static int statement_count;

/* Each boot of a host needs a namespace of its own, made before the start. */
static void announce_boot(const struct statement *statement) {
  if (strcmp(statement->words[0], "boot") != 0) return;
  struct host *host = host_named(statement->words[1]);
  if (host != NULL && host->boot_count < MAX_BOOTS) host->boot_count++;
}

static struct statement *add(int index, char *words[], int count) {
  if (statement_count == MAX_ACTIONS) die("too many statements");
  struct statement *statement = &statements[statement_count++];
  *statement = (struct statement){.at = NEVER, .index = index, .follows = -1, .count = count};
  for (int i = 0; i < count; i++) snprintf(statement->words[i], NAME_SIZE, "%s", words[i]);
  announce_boot(statement);
  return statement;
}

static int host_index(const char *name) {
  const struct host *host = host_named(name);
  if (host == NULL) die("the name of a host");
  return host - hosts;
}

/* FROM KIND VALUES; `-`: both directions. */
static void set_link(struct link *link, char words[][NAME_SIZE]) {
  if (link == NULL) die("the name of a link");
  const int from = strcmp(words[0], "-") == 0 ? -1 : host_index(words[0]);
  for (int side = 0; side < 2; side++) {
    if (from >= 0 && link->ends[side] != from) continue;
    if (strcmp(words[1], "delay") != 0) set_stage(&link->stages[side], words + 1);
    else
      for (int i = 0; i <= link->box_count; i++) link->delays[i][side] = atoll(words[2 + i]);
  }
}

static void read_line(char *words[], int count) {
  const char *word = words[0];
  if (strcmp(word, "end") == 0) end_time = atoll(words[1]);
  else if (strcmp(word, "align") == 0) {
    start_align = atol(words[1]);
    start_minute = count > 2 && strcmp(words[2], "minute") == 0;
    start_second = count > 2 && strcmp(words[2], "second") == 0;
  } else if (strcmp(word, "congestion") == 0) snprintf(hosts[host_index(words[1])].congestion, NAME_SIZE, "%s", words[2]);
  else if (strcmp(word, "host") == 0) {
    struct host *host = &hosts[host_count++];
    snprintf(host->name, NAME_SIZE, "%s", words[1]);
    inet_pton(AF_INET, words[2], &host->address);
    host->boot_count = 1;
    for (int i = 3; i < count; i++) {
      if (strcmp(words[i], "ethernet") == 0) host->ethernet = true;
      if (strcmp(words[i], "queue") == 0) host->has_queue = true;
      if (strcmp(words[i], "routes") == 0) host->loses_routes = true;
    }
  } else if (strcmp(word, "sysctl") == 0) {
    struct sysctl *sysctl = &sysctls[sysctl_count++];
    sysctl->host = host_index(words[1]);
    snprintf(sysctl->path, sizeof sysctl->path, "%s", words[2]);
    for (int i = 3; i < count; i++) {
      const size_t used = strlen(sysctl->value);
      snprintf(sysctl->value + used, sizeof sysctl->value - used, "%s%s", i > 3 ? " " : "", words[i]);
    }
  } else if (strcmp(word, "machine") == 0) {
    set_machine_sysctl(words[1], words[2]);
  } else if (strcmp(word, "link") == 0) {
    struct link *link = &links[link_count++];
    *link = (struct link){.ends = {host_index(words[2]), host_index(words[3])}, .counters = calloc(2, sizeof(struct counter)), .stages = new_stages()};
    for (int i = 4; i < count && i - 4 <= MAX_BOXES; i++) link->delays[i - 4][0] = link->delays[i - 4][1] = atoll(words[i]);
    snprintf(link->name, NAME_SIZE, "%s", words[1]);
  } else if (strcmp(word, "streams") == 0) {
    struct stages *stages = &link_named(words[1])->stages[atoi(words[2])];
    stages->jitter_stream = strtoul(words[3], NULL, 10);
    stages->reordering_stream = strtoul(words[4], NULL, 10);
    stages->duplication_stream = strtoul(words[5], NULL, 10);
    stages->loss_stream = strtoul(words[6], NULL, 10);
  } else if (strcmp(word, "setting") == 0) {
    char rest[MAX_WORDS][NAME_SIZE] = {0};
    for (int i = 2; i < count; i++) snprintf(rest[i - 2], NAME_SIZE, "%s", words[i]);
    set_link(link_named(words[1]), rest);
  } else if (strcmp(word, "mtu") == 0) {
    hosts[host_index(words[1])].mtu = atoi(words[2]);
  } else if (strcmp(word, "route") == 0) {
    struct in_addr to = {INADDR_ANY};
    if (count > 4) inet_pton(AF_INET, words[4], &to);
    route_metric(&hosts[host_index(words[1])], to, words[2], strtoul(words[3], NULL, 10));
  } else if (strcmp(word, "shared") == 0) {
    if (link_named(words[1]) == NULL) die("the name of a link");
    link_named(words[1])->shared = true;
  } else if (strcmp(word, "reachable") == 0) {
    hosts[host_index(words[1])].draws_reachable = true;
    hosts[host_index(words[1])].reachable_draw = strtoul(words[2], NULL, 10);
  } else if (strcmp(word, "secrets") == 0) {
    struct boot *boot = &hosts[host_index(words[1])].boots[atoi(words[2]) % MAX_BOOTS];
    boot->seq_shift = strtoul(words[3], NULL, 10);
    boot->ts_shift = strtoul(words[4], NULL, 10);
  } else if (strcmp(word, "router") == 0 || strcmp(word, "firewall") == 0 || strcmp(word, "nat") == 0) {
    build_box(words, count);
  } else if (strcmp(word, "filter") == 0 || strcmp(word, "carries") == 0) {
    char rest[MAX_WORDS][NAME_SIZE] = {0};
    for (int i = 0; i < count; i++) snprintf(rest[i], NAME_SIZE, "%s", words[i]);
    if (box_named(words[1]) == NULL) die("the name of a box");
    box_act(box_named(words[1]), rest);
  } else if (strcmp(word, "process") == 0) {
    struct process *process = &processes[process_count++];
    process->host = host_index(words[2]);
    process->forked = count > 3;
    snprintf(process->name, NAME_SIZE, "%s", words[1]);
  } else if (strcmp(word, "behaviour") == 0) {
    struct process *process = process_named(words[1]);
    if (process == NULL || process->behaviour_count == 8) die("a behaviour");
    snprintf(process->behaviours[process->behaviour_count++], 64, "%s %s %s", words[2], count > 3 ? words[3] : "", count > 4 ? words[4] : "");
    if (count > 5) {
      char *behaviour = process->behaviours[process->behaviour_count - 1];
      const size_t used = strlen(behaviour);
      snprintf(behaviour + used, 64 - used, " %s", words[5]);
    }
  } else if (strcmp(word, "at") == 0) {
    add(atoi(words[2]), words + 3, count - 3)->at = atoll(words[1]);
  } else if (strcmp(word, "after") == 0) {
    struct statement *statement = add(atoi(words[3]), words + 4, count - 4);
    statement->follows = atoi(words[1]);
    statement->delay = atoll(words[2]);
  } else if (strcmp(word, "when") == 0) {
    struct statement *statement = add(atoi(words[4]), words + 5, count - 5);
    snprintf(statement->connection, NAME_SIZE, "%s", words[1]);
    statement->host = &hosts[host_index(words[2])];
    snprintf(statement->state, NAME_SIZE, "%s", words[3]);
  } else {
    die("a line of the script");
  }
}

void read_script(void) {
  char line[512];
  while (fgets(line, sizeof line, stdin) != NULL) {
    char *words[MAX_WORDS] = {0};
    int count = 0;
    for (char *word = strtok(line, " \n"); word != NULL && count < MAX_WORDS; word = strtok(NULL, " \n")) words[count++] = word;
    if (count > 0) read_line(words, count);
  }
}

/* ---- what a statement does ---- */

static const char *of_host(struct host *host, const struct statement *statement) {
  const char *verb = statement->words[0];
  if (strcmp(verb, "carrier") == 0) {
    set_carrier(host, strcmp(statement->words[2], "up") == 0);
    return NULL;
  }
  if (strcmp(verb, "lose-route") == 0 || strcmp(verb, "regain-route") == 0) {
    struct in_addr to;
    inet_pton(AF_INET, statement->words[2], &to);
    lose_route(host, to, strcmp(verb, "lose-route") == 0);
    return NULL;
  }
  if (strcmp(verb, "queue") == 0) {
    if (!host->on) return "host-off";
    set_device_queue(host, strcmp(statement->words[2], "full") == 0);
    return NULL;
  }
  if (strcmp(verb, "freeze") == 0 || strcmp(verb, "resume") == 0) {
    if (!host->on) return "host-off";
    if (strcmp(verb, "freeze") == 0) freeze(host);
    else resume(host);
    return NULL;
  }
  const bool boots = strcmp(verb, "boot") == 0;
  if (host->on == boots) return boots ? "already-running" : "host-off";
  if (boots) host_boot(host);
  else if (strcmp(verb, "power-loss") == 0) host_power_loss(host);
  else {
    for (int i = 0; i < process_count; i++)
      if (&hosts[processes[i].host] == host && processes[i].running) process_kill(&processes[i]);
    /* The engine's SHUTDOWN_GRACE: so long the network stays up. */
    char *words[] = {"power-loss", host->name};
    add(-1, words, 2)->at = now() + 1000000;
  }
  return NULL;
}

static const char *of_process(struct process *process, const struct statement *statement) {
  const char *verb = statement->words[0];
  if (!hosts[process->host].on) return "host-off";
  if (strcmp(verb, "start") == 0) {
    if (process->running) return "already-running";
    process_start(process);
    return NULL;
  }
  if (!process->running) return "process-dead";
  if (strcmp(verb, "fork") == 0) {
    struct process *child = process_named(statement->words[2]);
    if (child == NULL) die("the name of a process");
    if (child->running) return "already-running";
    process_fork(process, child);
    return NULL;
  }
  if (strcmp(verb, "kill") == 0) {
    process_kill(process);
    return NULL;
  }
  char command[256] = "";
  for (int i = 0; i < statement->count; i++) {
    if (i == 1) continue;
    const size_t used = strlen(command);
    snprintf(command + used, sizeof command - used, "%s%s", i > 0 ? " " : "", statement->words[i]);
  }
  process_tell(process, command);
  if (strcmp(verb, "exit") == 0) process->running = false;
  return NULL;
}

static const char *of_link(struct link *link, struct statement *statement) {
  const char *verb = statement->words[0], *from = statement->words[2];
  if (strcmp(verb, "setting") == 0) {
    set_link(link, statement->words + 2);
    return NULL;
  }
  const int host = strcmp(from, "-") == 0 ? -1 : host_index(from);
  if (strcmp(verb, "rule") == 0) add_rule(link, host < 0 ? -1 : link->ends[1] == host, statement->words + 3);
  else link_set(link, host, atoi(statement->words[3]), strcmp(verb, "cut") == 0);
  return NULL;
}

static const char *act(struct statement *statement) {
  const char *who = statement->words[1];
  struct link *link = link_named(who);
  if (link != NULL) return of_link(link, statement);
  struct box *box = box_named(who);
  if (box != NULL) {
    box_act(box, statement->words);
    return NULL;
  }
  struct host *host = host_named(who);
  struct process *process = process_named(who);
  if (host == NULL && process == NULL) die("the name in a statement");
  return host != NULL ? of_host(host, statement) : of_process(process, statement);
}

static void run(struct statement *statement) {
  statement->done = true;
  const micros when = now();
  const micros late = statement->at == NEVER ? 0 : when - statement->at;
  const char *refusal = act(statement);
  if (statement->index < 0) return;
  if (refusal != NULL) printf("skip %lld %d %s\n", (long long)when, statement->index, refusal);
  else printf("act %lld %d %lld\n", (long long)when, statement->index, (long long)late);
  for (int i = 0; i < statement_count; i++)
    if (statements[i].follows == statement->index) statements[i].at = when + statements[i].delay;
}

/* Meanwhile only the network may change: nobody else may have anything to do. */
static void leave_out_time(const struct statement *next) {
  const char *verb = next->words[0], *who = next->words[1];
  if (strcmp(verb, "resume") != 0 && link_named(who) == NULL && box_named(who) == NULL)
    die("a statement while a host is frozen in whose kernel a timer is pending");
  skip_to(next->at);
}

static bool acted;

bool timeline_acted(void) {
  const bool did = acted;
  acted = false;
  return did;
}

micros timeline_run(void) {
  for (;;) {
    struct statement *first = NULL;
    for (int i = 0; i < statement_count; i++) {
      struct statement *statement = &statements[i];
      if (!statement->done && statement->at != NEVER && (first == NULL || statement->at < first->at)) first = statement;
    }
    if (first == NULL && time_stands_still) die("a frozen host that is never resumed");
    if (first == NULL) return NEVER;
    if (first->at > now() && !time_stands_still) return first->at;
    if (first->at > now()) leave_out_time(first);
    run(first);
    acted = true;
  }
}

void timeline_state(const char *connection, struct host *host, const char *state) {
  for (int i = 0; i < statement_count; i++) {
    struct statement *statement = &statements[i];
    if (statement->host != host || statement->done || strcmp(statement->connection, connection) != 0 || strcmp(statement->state, state) != 0)
      continue;
    statement->at = now();
    statement->host = NULL;
  }
}
