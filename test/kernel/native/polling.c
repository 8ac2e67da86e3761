/* poll() for a program that wants to know everything. */
#include "agent.h"

#include <sys/epoll.h>
#include <unistd.h>

void start_polling(struct stream *stream) {
  struct epoll_event all = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET};
  stream->epoll = epoll_create1(EPOLL_CLOEXEC);
  stream->polled = 0;
  if (stream->epoll < 0 || epoll_ctl(stream->epoll, EPOLL_CTL_ADD, stream->fd, &all) < 0) die("epoll");
  report_poll(stream);
}

void report_poll(struct stream *stream) {
  struct epoll_event event;
  while (epoll_wait(stream->epoll, &event, 1, 0) == 1) {
    const unsigned added = event.events & ~stream->polled;
    stream->polled = event.events;
    if (added != 0) report_call(stream->name, "poll", event.events, 0);
  }
}
