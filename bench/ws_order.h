/* What was heard: the messages and gaps of a payload, whether a client got them in order and once, how late they were.
 *
 * Knows no socket. All clients of a room get the same bytes, so a payload is parsed once and then compared; what is
 * checked per client is its own order.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 100000, BUCKET_US = 100, CACHE = 8, ITEMS = 4096 };

typedef struct {
  int64_t deliveries, lost, twice, gap_frames, gap_messages;
  uint32_t latency[BUCKETS + 1];
} Heard;

typedef struct {
  int64_t seq, to, at_us; /* `to` above 0: a gap from `seq` to `to` */
} Item;

typedef struct {
  char *bytes;
  size_t size, room;
  int count;
  Item item[ITEMS];
} Parsed;

static Parsed cache[CACHE];
static int cache_next;

static const char *find(const char *from, const char *end, const char *what) {
  const char *found = memmem(from, (size_t)(end - from), what, strlen(what));
  return found ? found + strlen(what) : NULL;
}

static int64_t number_after(const char *from, const char *end, const char *what) {
  const char *found = find(from, end, what);
  return found ? strtoll(found, NULL, 10) : -1; /* every payload is followed by something that is no digit */
}

/* The messages and gaps of one push or of an array of pushes; also those of the `messages` of a `joined`. */
static const Parsed *parse(const char *data, size_t size, const char *mark) {
  for (int i = 0; i < CACHE; i++)
    if (cache[i].size == size && !memcmp(cache[i].bytes, data, size)) return &cache[i];
  Parsed *p = &cache[cache_next++ % CACHE];
  if (p->room < size) p->bytes = realloc(p->bytes, p->room = size);
  memcpy(p->bytes, data, p->size = size);
  p->count = 0;
  const char *at = data, *end = data + size;
  while ((at = find(at, end, mark)) && p->count < ITEMS) {
    Item *item = &p->item[p->count];
    if (!strncmp(at, "gap\"", 4)) *item = (Item){number_after(at, end, "\"from_seq\":"), number_after(at, end, "\"to_seq\":"), 0};
    else if (*mark == '"' && !strncmp(mark, "\"seq\":", 6)) *item = (Item){strtoll(at, NULL, 10), 0, 0};
    else if (!strncmp(at, "message\"", 8)) *item = (Item){number_after(at, end, "\"seq\":"), 0, number_after(at, end, "\"content\":\"")};
    else continue;
    p->count++;
  }
  return p;
}

/* What a client that has everything up to `have` makes of a payload that it read at `at_us` (0: take no times). */
static void take(Heard *heard, int64_t *have, const Parsed *p, int64_t at_us) {
  for (int i = 0; i < p->count; i++) {
    const Item *item = &p->item[i];
    if (item->to) {
      heard->gap_frames++;
      heard->gap_messages += item->to - item->seq + 1;
      if (item->seq > *have + 1) heard->lost += item->seq - *have - 1;
      *have = item->to;
      continue;
    }
    if (item->seq <= *have) { heard->twice++; continue; }
    heard->lost += item->seq - *have - 1;
    *have = item->seq;
    heard->deliveries++;
    if (!item->at_us || !at_us) continue;
    int64_t bucket = (at_us - item->at_us) / BUCKET_US;
    heard->latency[bucket < 0 ? 0 : bucket > BUCKETS ? BUCKETS : bucket]++;
  }
}

/* Replaces each share (rising) by the milliseconds within which so many of the deliveries came. */
static void percentiles_ms(const Heard *heard, double *shares, int count) {
  int64_t all = 0, seen = 0;
  for (int i = 0; i <= BUCKETS; i++) all += heard->latency[i];
  for (int i = 0, n = 0; i <= BUCKETS && n < count; i++) {
    seen += heard->latency[i];
    while (n < count && all && (double)seen >= shares[n] * (double)all) shares[n++] = (i + 1) * BUCKET_US / 1000.0;
  }
  if (!all) memset(shares, 0, sizeof *shares * (size_t)count);
}
