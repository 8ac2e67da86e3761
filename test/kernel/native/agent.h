/* What the parts of a program share. */
#ifndef AGENT_H
#define AGENT_H

#include "lab.h"

#define MAX_STREAMS 64
#define MAX_PENDING 1024

/* A connection's descriptor, with what the program remembers about it. */
struct stream {
  int fd;
  char name[NAME_SIZE];
  bool connecting, reading, eof;
  /* send() calls that wait for the connection. */
  struct message {
    long bytes;
    int flags;
  } pending[MAX_PENDING];
  int pending_count;
  /* Of the send() under way: all, and what the kernel has not taken yet. */
  long sending, unsent;
  /* It closes once that has returned. */
  bool closes;
  int flags;
  /* Bytes read that do not make a whole request yet. */
  long partial;
  micros close_at, idle_at, beat_at, beat_interval, stream_at;
  /* A slow reader reads on then; NEVER = it does not wait. */
  micros read_at;
  /* Who opened it; empty for one that was accepted. */
  char address[NAME_SIZE];
  int port, local, reuse;
  /* Answers that the program still thinks about. */
  struct {
    micros at;
    long bytes;
  } answers[MAX_PENDING];
  int answer_count;
  /* An edge-triggered epoll of this descriptor, and what it told last; -1 = the program does not poll. */
  int epoll;
  /* Without OUT once there was no room: it may be told again. */
  unsigned polled;
  long beat_bytes;
  int misses, miss_limit;
  bool awaiting;
};

/* It failed, and is to be opened again at that time. */
void reopen_later(const struct stream *stream, micros at);
/* One that is due, or NULL. */
const struct stream *to_reopen(void);
micros next_reopening(void);

/* Starts to wait in poll() for all that it can report. */
void start_polling(struct stream *stream);
/* Reports what was added to what holds. */
void report_poll(struct stream *stream);

/* What the parts of the program say to the recorder. */
void tell(const char *line);
/* `error`: an errno, 0 = it succeeded. */
void report_call(const char *name, const char *call, long long value, int error);

/* setsockopt() by the option's name. @return an errno, 0 = it succeeded */
int set_option(int fd, const char *name, int value);
/* Sets what a program uses on every socket of its own. `name`: of the connection. */
void use_options(const struct process *process, int fd, const char *name);

#endif
