/* Connections have names in a scenario and ports on the wire. */
#include "lab.h"

#include <string.h>
#include <stdio.h>

static struct {
  uint16_t port;
  char name[NAME_SIZE];
} names[256];
static int name_count;

void name_port(uint16_t port, const char *name) {
  for (int i = 0; i < name_count; i++) {
    if (names[i].port != port) continue;
    snprintf(names[i].name, NAME_SIZE, "%s", name);
    return;
  }
  if (name_count == 256) return;
  names[name_count].port = port;
  snprintf(names[name_count++].name, NAME_SIZE, "%s", name);
}

const char *name_of_port(uint16_t a, uint16_t b) {
  for (int i = 0; i < name_count; i++)
    if (names[i].port == a || names[i].port == b) return names[i].name;
  return "-";
}
