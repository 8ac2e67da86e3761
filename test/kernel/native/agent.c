/*
 * An ordinary program: it accepts and reads what arrives, reports errors and closes when it reads EOF. Behaviours say where it
 * differs; commands say what else it does. Mirrors extension/engine/host/ (process.ts and the calls beside it), call for call.
 */
#define _GNU_SOURCE
#include "agent.h"
#include "command.h"
#include "lab.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct stream streams[MAX_STREAMS];
static int stream_count;
static int listeners[8], listener_count;
/* Whether it calls accept(), and from when on. */
static bool accepting = true;
static micros accept_at;
static int control_socket, passed_control = -1;
static const struct process *self;
static struct {
  unsigned port;
  char name[NAME_SIZE];
} names[256];
static int name_count;
static char nothing[1 << 20];

void tell(const char *line) {
  send(control_socket, line, strlen(line), MSG_NOSIGNAL);
}

void report_call(const char *name, const char *call, long long value, int error) {
  char line[160];
  snprintf(line, sizeof line, "call %lld %s %s %lld %s", (long long)now(), name, call, value, error == 0 ? "OK" : strerrorname_np(error));
  tell(line);
}

static void report_decision(const struct stream *stream, const char *what, long long value) {
  char line[160];
  snprintf(line, sizeof line, "decided %lld %s %s %lld", (long long)now(), stream->name, what, value);
  tell(line);
}

/* The arguments of a behaviour, or NULL when the program has none of that kind. */
static const char *behaviour(const char *kind) {
  const size_t length = strlen(kind);
  for (int i = 0; i < self->behaviour_count; i++)
    if (strncmp(self->behaviours[i], kind, length) == 0) return self->behaviours[i] + length;
  return NULL;
}

static struct stream *stream_named(const char *name) {
  for (int i = stream_count - 1; i >= 0; i--)
    if (streams[i].fd >= 0 && strcmp(streams[i].name, name) == 0) return &streams[i];
  return NULL;
}

static struct stream *add_stream(int fd, const char *name) {
  if (stream_count == MAX_STREAMS) die("too many connections");
  struct stream *stream = &streams[stream_count++];
  *stream = (struct stream){.fd = fd, .reading = behaviour("never-reads") == NULL, .idle_at = NEVER, .close_at = NEVER, .beat_at = NEVER, .stream_at = NEVER, .read_at = NEVER, .epoll = -1};
  snprintf(stream->name, NAME_SIZE, "%s", name);
  return stream;
}

/* A close() that lingers, with a thread of its own: the program goes on with its other connections. */
struct closing {
  int fd;
  char name[NAME_SIZE];
};

static void *linger(void *argument) {
  struct closing *closing = argument;
  close(closing->fd);
  report_call(closing->name, "close", 0, 0);
  free(closing);
  return NULL;
}

static bool lingers(int fd) {
  struct linger linger = {0};
  socklen_t size = sizeof linger;
  return getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 && linger.l_onoff && linger.l_linger > 0;
}

/* @return whether close() has returned */
static bool close_now(const struct stream *stream) {
  pthread_t thread;
  if (!lingers(stream->fd)) {
    close(stream->fd);
    return true;
  }
  struct closing *closing = malloc(sizeof *closing);
  if (closing == NULL) die("memory");
  closing->fd = stream->fd;
  snprintf(closing->name, NAME_SIZE, "%s", stream->name);
  if (pthread_create(&thread, NULL, linger, closing) != 0) die("pthread_create");
  pthread_detach(thread);
  return false;
}

/* @return whether close() has returned */
static bool forget(struct stream *stream) {
  const bool closed = close_now(stream);
  if (stream->epoll >= 0) close(stream->epoll);
  stream->fd = stream->epoll = -1;
  stream->idle_at = stream->close_at = stream->beat_at = stream->stream_at = stream->read_at = NEVER;
  stream->answer_count = 0;
  return closed;
}

/* A program that sleeps in send() closes when that has returned. */
static void close_stream(struct stream *stream) {
  if (stream->fd < 0) return;
  if (stream->unsent > 0) {
    stream->closes = true;
    return;
  }
  if (forget(stream)) report_call(stream->name, "close", 0, 0);
}

/* The connection has failed: a program that reconnects does so. */
static void on_failure(const struct stream *stream) {
  const char *delay = behaviour("reconnects");
  if (delay == NULL || stream->address[0] == 0) return;
  reopen_later(stream, now() + atoll(delay));
}

/* Something was read or sent. */
static void touch(struct stream *stream) {
  const char *idle = behaviour("closes-idle");
  if (idle != NULL) stream->idle_at = now() + atoll(idle);
}

static bool never_blocks(void) {
  return behaviour("never-blocks") != NULL;
}

static void send_returns(struct stream *stream) {
  report_call(stream->name, "send", stream->sending - stream->unsent, 0);
  stream->unsent = 0;
  touch(stream);
}

static void send_rest(struct stream *stream) {
  while (stream->unsent > 0) {
    const size_t piece = (size_t)stream->unsent < sizeof nothing ? (size_t)stream->unsent : sizeof nothing;
    const ssize_t sent = send(stream->fd, nothing, piece, stream->flags);
    if (sent < 0 && errno == EAGAIN) stream->polled &= ~POLLOUT;
    if (sent < 0 && errno == EAGAIN && !never_blocks()) return;
    if (sent < 0 && stream->unsent == stream->sending) {
      report_call(stream->name, "send", 0, errno);
      stream->unsent = 0;
      return;
    }
    /* Some bytes were taken before: that is what it returns. */
    if (sent < 0) break;
    stream->unsent -= sent;
  }
  send_returns(stream);
}

static void begin_send(struct stream *stream, struct message message) {
  stream->sending = stream->unsent = message.bytes;
  stream->flags = message.flags;
  send_rest(stream);
}

/*
 * There is room, or an error: the send() that slept goes on, then what waited behind it has its turn. Of an error after some bytes the
 * next call tells.
 */
static void wake_to_send(struct stream *stream, bool failed) {
  if (failed && stream->unsent < stream->sending) send_returns(stream);
  else send_rest(stream);
  while (stream->fd >= 0 && stream->unsent == 0 && stream->pending_count > 0) {
    begin_send(stream, stream->pending[0]);
    memmove(stream->pending, stream->pending + 1, --stream->pending_count * sizeof *stream->pending);
  }
  if (stream->unsent == 0 && stream->closes) close_stream(stream);
}

static void send_message(struct stream *stream, struct message message) {
  if (stream->connecting && never_blocks()) {
    report_call(stream->name, "send", 0, EAGAIN);
    return;
  }
  if (stream->connecting || stream->unsent > 0) {
    if (stream->pending_count < MAX_PENDING) stream->pending[stream->pending_count++] = message;
  } else begin_send(stream, message);
}

static void send_on(struct stream *stream, long bytes) { send_message(stream, (struct message){bytes, 0}); }

static void beat(struct stream *stream) {
  if (stream->fd < 0 || stream->eof) return;
  if (stream->awaiting) {
    report_decision(stream, "heartbeat-missed", ++stream->misses);
    if (stream->misses >= stream->miss_limit) {
      report_decision(stream, "gave-up", stream->misses);
      close_stream(stream);
      return;
    }
  }
  stream->awaiting = true;
  stream->beat_at += stream->beat_interval;
  send_on(stream, stream->beat_bytes);
}

static void on_data(struct stream *stream, long bytes) {
  touch(stream);
  stream->awaiting = false;
  stream->misses = 0;
  long request, response, delay = 0;
  const char *answers = behaviour("answers");
  if (answers == NULL || sscanf(answers, "%ld %ld %ld", &request, &response, &delay) < 2) return;
  for (stream->partial += bytes; stream->partial >= request; stream->partial -= request) {
    if (delay == 0) send_on(stream, response);
    else if (stream->answer_count < MAX_PENDING) {
      stream->answers[stream->answer_count].at = now() + delay;
      stream->answers[stream->answer_count++].bytes = response;
    }
  }
}

/* accept() or connect() returned a connection. */
static void on_connection(struct stream *stream) {
  touch(stream);
  long bytes;
  long long interval;
  const char *greets = behaviour("greets");
  if (greets != NULL) send_on(stream, atol(greets));
  const char *streaming = behaviour("streams");
  if (streaming != NULL && sscanf(streaming, "%ld %lld", &bytes, &interval) == 2) stream->stream_at = now() + interval;
}

static void stream_on(struct stream *stream) {
  long bytes = 0;
  long long interval = 0;
  sscanf(behaviour("streams"), "%ld %lld", &bytes, &interval);
  stream->stream_at = stream->eof ? NEVER : stream->stream_at + interval;
  if (!stream->eof) send_on(stream, bytes);
}

static void answer(struct stream *stream) {
  const long bytes = stream->answers[0].bytes;
  memmove(stream->answers, stream->answers + 1, --stream->answer_count * sizeof *stream->answers);
  send_on(stream, bytes);
}

static void on_eof(struct stream *stream) {
  stream->eof = true;
  if (behaviour("ignores-eof") != NULL) return;
  const char *delay = behaviour("closes-after-eof");
  if (delay == NULL) close_stream(stream);
  else stream->close_at = now() + atoll(delay);
}

/* A slow reader's next wait begins at `due`, however late it is. */
static void read_due(struct stream *stream, micros due) {
  static char buffer[1 << 20];
  const char *slowly = behaviour("reads-slowly");
  long piece = sizeof buffer;
  long long interval = 0;
  if (slowly != NULL) sscanf(slowly, "%ld %lld", &piece, &interval);
  while (stream->fd >= 0 && stream->unsent == 0 && stream->reading && !stream->eof && stream->read_at == NEVER) {
    const ssize_t length = recv(stream->fd, buffer, piece < (long)sizeof buffer ? piece : (long)sizeof buffer, 0);
    if (length < 0 && errno == EAGAIN) {
      if (never_blocks()) report_call(stream->name, "recv", 0, EAGAIN);
      return;
    }
    report_call(stream->name, "recv", length < 0 ? 0 : length, length < 0 ? errno : 0);
    if (length < 0) {
      const struct stream failed = *stream;
      close_stream(stream);
      on_failure(&failed);
    } else if (length == 0) on_eof(stream);
    else {
      on_data(stream, length);
      if (slowly != NULL && stream->fd >= 0) stream->read_at = due + interval;
    }
  }
}

static void read_all(struct stream *stream) {
  read_due(stream, now());
}

static void on_connected(struct stream *stream) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  stream->connecting = false;
  /* Who did not sleep in connect() asked for SO_ERROR. */
  report_call(stream->name, never_blocks() ? "getsockopt" : "connect", 0, error);
  if (error != 0) {
    for (int i = 0; i < stream->pending_count; i++) report_call(stream->name, "send", 0, EPIPE);
    const struct stream failed = *stream;
    forget(stream);
    on_failure(&failed);
    return;
  }
  on_connection(stream);
  const int count = stream->pending_count;
  stream->pending_count = 0;
  for (int i = 0; i < count; i++) send_message(stream, stream->pending[i]);
}

static void accept_all(int listener) {
  const char *interval = behaviour("accepts-every");
  while (accepting && behaviour("never-accepts") == NULL && accept_at <= now()) {
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    const int fd = accept4(listener, (void *)&peer, &size, SOCK_NONBLOCK);
    if (fd < 0) return;
    if (interval != NULL) accept_at = now() + atoll(interval);
    const char *name = "-";
    for (int i = 0; i < name_count; i++)
      if (names[i].port == ntohs(peer.sin_port)) name = names[i].name;
    struct stream *stream = add_stream(fd, name);
    report_call(name, "accept", fd, 0);
    on_connection(stream);
    read_all(stream);
  }
}

/* ---- commands ---- */

/* `name`: of the connection that it is for. */
static int new_socket(const char *name) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const char *congestion = hosts[self->host].congestion;
  if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion, strlen(congestion)) < 0) die(congestion);
  use_options(self, fd, name);
  return fd;
}

static void do_listen(int port, int backlog, int reuse) {
  const int fd = new_socket("-");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(fd, (void *)&own, sizeof own) < 0 || listen(fd, backlog) < 0) {
    report_call("-", "listen", 0, errno);
    close(fd);
    return;
  }
  listeners[listener_count++] = fd;
  report_call("-", "listen", backlog, 0);
}

static void do_connect(const char *name, const char *address, int port, int local, int reuse) {
  const int fd = new_socket(name);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(local)};
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, address, &peer.sin_addr);
  if (local != 0 && bind(fd, (void *)&own, sizeof own) < 0) {
    report_call("-", "connect", 0, errno);
    close(fd);
    return;
  }
  const bool failed = connect(fd, (void *)&peer, sizeof peer) < 0 && errno != EINPROGRESS;
  const int error = errno;
  socklen_t size = sizeof own;
  getsockname(fd, (void *)&own, &size);
  if (failed) {
    report_call("-", "connect", 0, error);
    close(fd);
    return;
  }
  char line[64];
  snprintf(line, sizeof line, "port %u %s", ntohs(own.sin_port), name);
  tell(line);
  struct stream *stream = add_stream(fd, name);
  stream->connecting = true;
  snprintf(stream->address, NAME_SIZE, "%s", address);
  stream->port = port;
  stream->local = local;
  stream->reuse = reuse;
  if (never_blocks()) report_call(name, "connect", 0, EINPROGRESS);
}

/* The child has copies of all descriptors, and a control socket of its own that came with the command. */
static void do_fork(const char *name) {
  const int control = passed_control;
  passed_control = -1;
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, 0);
    close(control_socket);
    control_socket = control;
    self = process_named(name);
    /* It begins anew with what it has. */
    for (int i = 0; i < stream_count; i++) {
      struct stream *stream = &streams[i];
      stream->idle_at = stream->close_at = stream->beat_at = stream->stream_at = stream->read_at = NEVER;
      stream->unsent = stream->pending_count = stream->answer_count = 0;
      stream->eof = stream->closes = false;
      stream->reading = behaviour("never-reads") == NULL;
    }
    return;
  }
  close(control);
  char line[64];
  snprintf(line, sizeof line, "forked %s %d", name, pid);
  tell(line);
}

static void do_on_stream(struct stream *stream, const char *verb, char *words[], const char *name) {
  if (stream == NULL) {
    /* A change of mind is no call. */
    if (strstr(verb, "-reading") == NULL && strcmp(verb, "heartbeat") != 0) report_call("-", verb, 0, EBADF);
  } else if (strcmp(verb, "send") == 0) {
    send_message(stream, (struct message){atol(words[2]), words[3] == NULL ? 0 : strcmp(words[3], "more") == 0 ? MSG_MORE : MSG_NOSIGNAL});
  } else if (strcmp(verb, "close") == 0) {
    close_stream(stream);
  } else if (strcmp(verb, "shutdown") == 0) {
    const bool read = strcmp(words[2], "read") == 0;
    if (read) stream->reading = false;
    report_call(name, verb, 0, shutdown(stream->fd, read ? SHUT_RD : SHUT_WR) < 0 ? errno : 0);
  } else if (strcmp(verb, "setsockopt") == 0) {
    report_call(name, verb, 0, set_option(stream->fd, words[2], atoi(words[3])));
  } else if (strcmp(verb, "get-error") == 0) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    report_call(name, "getsockopt", 0, error);
  } else if (strcmp(verb, "connect-again") == 0) {
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(stream->port)};
    inet_pton(AF_INET, stream->address, &peer.sin_addr);
    report_call(name, "connect", 0, connect(stream->fd, (void *)&peer, sizeof peer) < 0 ? errno : 0);
  } else if (strcmp(verb, "poll") == 0) {
    start_polling(stream);
  } else if (strcmp(verb, "stop-reading") == 0) {
    stream->reading = false;
  } else if (strcmp(verb, "resume-reading") == 0) {
    stream->reading = true;
    read_all(stream);
  } else if (strcmp(verb, "heartbeat") == 0) {
    stream->beat_bytes = atol(words[2]);
    stream->beat_interval = atoll(words[3]);
    stream->miss_limit = atoi(words[4]);
    stream->awaiting = false;
    stream->misses = 0;
    stream->beat_at = now();
    beat(stream);
  }
}

static void obey(char *command) {
  char *words[MAX_WORDS] = {0};
  int count = 0;
  for (char *word = strtok(command, " "); word != NULL && count < MAX_WORDS; word = strtok(NULL, " ")) words[count++] = word;
  if (count == 0) return;
  if (strcmp(words[0], "exit") == 0) _exit(0);
  if (strcmp(words[0], "listen") == 0) do_listen(atoi(words[1]), atoi(words[2]), atoi(words[3]));
  else if (strcmp(words[0], "fork") == 0) do_fork(words[1]);
  else if (strcmp(words[0], "connect") == 0) do_connect(words[1], words[2], atoi(words[3]), atoi(words[4]), atoi(words[5]));
  else if (strcmp(words[0], "stop-accepting") == 0) accepting = false;
  else if (strcmp(words[0], "resume-accepting") == 0) {
    accepting = true;
    accept_at = 0;
    for (int i = 0; i < listener_count; i++) accept_all(listeners[i]);
  } else if (strcmp(words[0], "name") == 0) {
    if (name_count == 256) return;
    names[name_count].port = atoi(words[1]);
    snprintf(names[name_count++].name, NAME_SIZE, "%s", words[2]);
  } else do_on_stream(stream_named(words[1]), words[0], words, words[1]);
}

/* ---- waiting ---- */

static micros run_timers(void) {
  const struct stream *again;
  while ((again = to_reopen()) != NULL) do_connect(again->name, again->address, again->port, again->local, again->reuse);
  micros next = next_reopening();
  if (accept_at > now()) next = accept_at < next ? accept_at : next;
  for (int i = 0; i < stream_count; i++) {
    struct stream *stream = &streams[i];
    if (stream->beat_at <= now()) beat(stream);
    if (stream->stream_at <= now()) stream_on(stream);
    while (stream->answer_count > 0 && stream->answers[0].at <= now()) answer(stream);
    if (stream->close_at <= now()) close_stream(stream);
    if (stream->read_at <= now()) {
      const micros due = stream->read_at;
      stream->read_at = NEVER;
      read_due(stream, due);
    }
    if (stream->idle_at <= now()) {
      report_decision(stream, "idle-limit", atoll(behaviour("closes-idle")));
      close_stream(stream);
    }
    const micros answers = stream->answer_count > 0 ? stream->answers[0].at : NEVER;
    const micros times[] = {stream->beat_at, stream->close_at, stream->idle_at, stream->stream_at, stream->read_at, answers};
    for (int j = 0; j < 6; j++)
      if (times[j] < next) next = times[j];
  }
  return next;
}

static int wait_for(struct pollfd *polls, micros next) {
  int count = 0;
  polls[count++] = (struct pollfd){.fd = control_socket, .events = POLLIN};
  for (int i = 0; i < listener_count; i++)
    polls[count++] = (struct pollfd){.fd = accepting && accept_at <= now() && behaviour("never-accepts") == NULL ? listeners[i] : -1, .events = POLLIN};
  for (int i = 0; i < stream_count; i++) {
    const struct stream *stream = &streams[i];
    const short events = (stream->connecting || stream->unsent > 0 ? POLLOUT : 0) | (stream->unsent == 0 && stream->reading && !stream->eof && stream->read_at == NEVER ? POLLIN : 0);
    polls[count++] = (struct pollfd){.fd = events != 0 ? stream->fd : -1, .events = events};
  }
  for (int i = 0; i < stream_count; i++) polls[count++] = (struct pollfd){.fd = streams[i].epoll, .events = POLLIN};
  const micros wait = next == NEVER ? 0 : next - now() > 0 ? next - now() : 0;
  const struct timespec timeout = {.tv_sec = wait / 1000000, .tv_nsec = wait % 1000000 * 1000};
  ppoll(polls, count, next == NEVER ? NULL : &timeout, NULL);
  return count;
}

void agent_main(const struct process *process, int control) {
  self = process;
  control_socket = control;
  signal(SIGPIPE, behaviour("dies-of-sigpipe") != NULL ? SIG_DFL : SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);
  for (;;) {
    struct pollfd polls[1 + 8 + 2 * MAX_STREAMS];
    const micros next = run_timers();
    const int known = stream_count, listening = listener_count;
    wait_for(polls, next);
    /* A name must be known before the connection that has it is accepted. */
    char command[256];
    ssize_t length;
    while ((length = receive_command(control_socket, command, sizeof command, &passed_control)) > 0) obey(command);
    if (length == 0) _exit(0);
    for (int i = 0; i < listening; i++)
      if (polls[1 + i].revents != 0) accept_all(listeners[i]);
    for (int i = 0; i < known; i++) {
      const short events = polls[1 + listening + i].revents;
      struct stream *stream = &streams[i];
      if (polls[1 + listening + known + i].revents != 0 && stream->epoll >= 0) report_poll(stream);
      if (events == 0 || stream->fd < 0) continue;
      if (stream->connecting) on_connected(stream);
      const bool slept = stream->fd >= 0 && stream->unsent > 0;
      if (slept && (events & (POLLOUT | POLLERR)) != 0) wake_to_send(stream, (events & POLLERR) != 0);
      if (slept || (events & ~POLLOUT) != 0) read_all(stream);
    }
  }
}
