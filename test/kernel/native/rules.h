/* What a link does to segments that a statement describes. */
#ifndef RULES_H
#define RULES_H

#include "segments.h"

struct treatment {
  bool dropped, copied;
  /* So much later than otherwise. */
  micros held;
};

/* `side`: of the sender, -1 = both. `words`: EFFECT BY CLASS WHICH COUNT UNTIL, see ../README.md. */
void add_rule(struct link *link, int side, char words[][NAME_SIZE]);
/* Earlier statements are asked first; what one of them drops, the later ones never see. */
struct treatment apply_rules(const struct link *link, int side, const struct segment *segment, micros sent);

#endif
