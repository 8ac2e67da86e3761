/* SCM_RIGHTS carries the descriptor. */
#define _GNU_SOURCE
#include "command.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

void send_command(int control, const char *command, int passed) {
  struct iovec text = {.iov_base = (void *)command, .iov_len = strlen(command)};
  char space[CMSG_SPACE(sizeof(int))] = {0};
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
  if (passed >= 0) {
    message.msg_control = space;
    message.msg_controllen = sizeof space;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &passed, sizeof passed);
  }
  sendmsg(control, &message, MSG_NOSIGNAL);
}

ssize_t receive_command(int control, char *command, size_t size, int *passed) {
  struct iovec text = {.iov_base = command, .iov_len = size - 1};
  char space[CMSG_SPACE(sizeof(int))];
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  const ssize_t length = recvmsg(control, &message, MSG_CMSG_CLOEXEC);
  if (length <= 0) return length;
  command[length] = 0;
  const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_type == SCM_RIGHTS) memcpy(passed, CMSG_DATA(header), sizeof *passed);
  return length;
}
