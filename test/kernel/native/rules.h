/* What a link does to segments that a statement describes. */
#ifndef RULES_H
#define RULES_H

#include "segments.h"

/* So many statements at most. */
#define MAX_RULES 64

struct treatment {
  bool dropped;
  /* One for each statement that asks for one; what is dropped has those that were made before. */
  int copies;
  /* So much later than otherwise. */
  micros held;
};

/* `side`: of the sender, -1 = both. `words`: EFFECT BY CLASS WHICH COUNT UNTIL, see ../README.md. */
void add_rule(struct link *link, int side, char words[][NAME_SIZE]);
/* Earlier statements are asked first; what one of them drops, the later ones never see, and copies that were made before go on. */
struct treatment apply_rules(const struct link *link, int side, const struct segment *segment, micros sent);

#endif
