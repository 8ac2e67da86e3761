/* A router passes packets on, and reports those that it cannot deliver. */
#include "box.h"

#include <stddef.h>

/* Between two ARP requests. */
#define RETRANS_TIME 1000000

static void look_again(struct box *box, struct packet *packet) {
  const int side = packet->side;
  const bool is_obstacle = is_obstructed(packet);
  if (is_obstacle && now() < packet->held_until) {
    const micros next = packet->due + RETRANS_TIME;
    box->look_at[side] = next < packet->held_until ? next : packet->held_until;
    put_off(packet, box->look_at[side]);
    return;
  }
  box->held[side]--;
  packet->held_until = 0;
  if (is_obstacle) refuse(box, packet, box->type, box->code, "unreachable", false);
  else pass_on(packet);
}

void router_take(struct box *box, struct packet *packet) {
  const int side = packet->side;
  if (packet->held_until != 0) {
    look_again(box, packet);
    return;
  }
  const bool is_ordered = box->is_ordered && (box->ordered_host == NULL || box->ordered_host == receiver_of(packet));
  if (is_ordered) {
    refuse(box, packet, box->ordered_type, box->ordered_code, "unreachable", true);
  } else if (packet->length > box->mtu) {
    refuse_too_big(box, packet);
  } else if (box->held[side] == 0 && (!box->reports || !is_obstructed(packet))) {
    pass_on(packet);
  } else if (box->held[side] == 0 && box->patience == 0) {
    refuse(box, packet, box->type, box->code, "unreachable", true);
  } else {
    if (box->held[side]++ == 0) {
      box->held_until[side] = packet->due + box->patience;
      box->look_at[side] = packet->due + (RETRANS_TIME < box->patience ? RETRANS_TIME : box->patience);
    }
    packet->held_until = box->held_until[side];
    put_off(packet, box->look_at[side]);
  }
}
