/* Commands to a program, one datagram each; a descriptor may come with one. */
#ifndef COMMAND_H
#define COMMAND_H

#include <sys/types.h>

/* `passed` -1: none. */
void send_command(int control, const char *command, int passed);
/* As recv(): the length, 0 at the end, -1 when there is none. `passed` stays as it is when no descriptor came. */
ssize_t receive_command(int control, char *command, size_t size, int *passed);

#endif
