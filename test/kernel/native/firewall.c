/* A firewall keeps no state: what no filter names passes. */
#include "box.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

void add_filter(struct box *box, char words[][NAME_SIZE]) {
  if (box->filter_count == MAX_FILTERS) die("too many filters");
  memmove(box->filters + 1, box->filters, box->filter_count++ * sizeof *box->filters);
  struct filter *filter = &box->filters[0];
  *filter = (struct filter){.from = host_named(words[1]), .port = atoi(words[2]), .until = strcmp(words[3], "-") == 0 ? NEVER : atoll(words[3])};
  strcpy(filter->class, words[0]);
  strcpy(filter->effect, words[4]);
  if (strcmp(filter->effect, "icmp") != 0) return;
  filter->type = atoi(words[5]);
  filter->code = atoi(words[6]);
}

void firewall_take(struct box *box, struct packet *packet) {
  const struct segment segment = count_segment(&box->counters[packet->side], packet->bytes);
  for (int i = 0; i < box->filter_count; i++) {
    const struct filter *filter = &box->filters[i];
    if (filter->from != NULL && filter->from != sender_of(packet)) continue;
    if (filter->port != 0 && filter->port != ntohs(segment.tcp->dest)) continue;
    if (now() >= filter->until || !is_of_class(&segment, filter->class)) continue;
    if (strcmp(filter->effect, "drop") == 0) lose(packet, "filtered");
    else if (strcmp(filter->effect, "reset") == 0) reset(packet, "rejected");
    else refuse(box, packet, filter->type, filter->code, "rejected", false);
    return;
  }
  pass_on(packet);
}
