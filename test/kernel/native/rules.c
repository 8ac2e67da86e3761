/* Statements such as `wire drops the next 2 data segments`, in force. Mirrors extension/engine/network/rules.ts. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

static struct rule {
  struct link *link;
  /* The sending side, -1 = both. */
  int side;
  char effect[NAME_SIZE], class[NAME_SIZE];
  micros by, until;
  /* The data segment that it is about, 0 = whatever comes; how many more it takes. */
  long number, left;
} rules[MAX_RULES];
static int rule_count;

void add_rule(struct link *link, int side, char words[][NAME_SIZE]) {
  if (rule_count == MAX_RULES) die("too many rules");
  struct rule *rule = &rules[rule_count++];
  *rule = (struct rule){.link = link, .side = side, .by = atoll(words[1]), .until = strcmp(words[5], "-") == 0 ? NEVER : atoll(words[5])};
  strcpy(rule->effect, words[0]);
  strcpy(rule->class, words[2]);
  const long count = atol(words[4]);
  const bool is_number = strcmp(words[3], "number") == 0;
  rule->number = is_number ? count : 0;
  rule->left = strcmp(words[3], "every") == 0 ? -1 : is_number ? 1 : count;
}

static bool takes(struct rule *rule, const struct link *link, int side, const struct segment *segment, micros sent) {
  if (rule->link != link || (rule->side >= 0 && rule->side != side) || rule->left == 0 || sent >= rule->until) return false;
  if (rule->number != 0 && !(segment->is_new && segment->length > 0 && segment->number == rule->number)) return false;
  if (!is_of_class(segment, rule->class)) return false;
  if (rule->left > 0) rule->left--;
  return true;
}

struct treatment apply_rules(const struct link *link, int side, const struct segment *segment, micros sent) {
  struct treatment treatment = {0};
  for (int i = 0; i < rule_count; i++) {
    if (!takes(&rules[i], link, side, segment, sent)) continue;
    if (strcmp(rules[i].effect, "drop") == 0) {
      treatment.dropped = true;
      return treatment;
    }
    if (strcmp(rules[i].effect, "duplicate") == 0) treatment.copies++;
    else treatment.held += rules[i].by;
  }
  return treatment;
}
