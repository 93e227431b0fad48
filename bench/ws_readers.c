/* Many WebSocket clients of a chat room in one thread: they join, read, check order, say things, leave and come back.
 *
 * Commands are lines of words on stdin, `report` is answered with one line of JSON; bench/readers.py is the other side.
 * Knows the frames of docs/reference/chat.md and relies on `type` being their first field. Says nothing about what is
 * good: it counts. Each content begins with the microseconds of CLOCK_MONOTONIC at which it was sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ws_order.h"

enum { GROUPS = 8, PER_ADDRESS = 200, CONNECTING_MAX = 512 };
enum { EVENTS = 1024, BUFFER = 16 << 20, LINE = 1024, CONTENT_MAX = 500 };
enum State { IDLE, CONNECTING, UPGRADING, WELCOMED, JOINED };

typedef struct {
  int fd, group;
  enum State state;
  int64_t have; /* the highest seq of an unbroken row; -1 before the first join */
  int64_t due_us;
  char ticket[64], epoch[40];
  char *rest; /* the beginning of a frame whose end has not come */
  size_t rest_size;
} Client;

typedef struct {
  int first, count, port;
  char room[64];
  int64_t open, joined, recovered, not_recovered, refused, closed, close_code, acks, errors, others, bytes;
  char error[160];
  Heard heard;
} Group;

static Client *clients;
static int client_count, epoll_fd, connecting;
static Group groups[GROUPS];
static uint8_t *buffer;
static char (*tickets)[64];
static int ticket_count;
static int *queue, queue_size, queue_at; /* clients that wait for their time to connect, by due time */
static struct { int group, target, size; int64_t left, said, window, base; double every_us, next_us; } talk;
static int64_t nonces;

static int64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void fail(const char *what) {
  fprintf(stderr, "ws_readers: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* --- going out ------------------------------------------------------------------------------------------------- */

static void watch(Client *c, uint32_t events, int how) {
  struct epoll_event event = {.events = events, .data.u32 = (uint32_t)(c - clients)};
  if (epoll_ctl(epoll_fd, how, c->fd, &event)) fail("epoll_ctl");
}

static void hang_up(Client *c) {
  if (c->state == IDLE) return;
  Group *g = &groups[c->group];
  if (c->state < JOINED) connecting--;
  else g->joined--;
  if (c->state > CONNECTING) g->open--;
  close(c->fd);
  free(c->rest);
  c->rest = NULL;
  c->rest_size = 0;
  c->state = IDLE;
}

static void lost_connection(Client *c) {
  groups[c->group].closed++;
  hang_up(c);
}

/* Masked with a key of zeros, which leaves the bytes as they are. */
static void write_frame(Client *c, int opcode, const char *data, size_t size) {
  uint8_t frame[LINE + 16] = {(uint8_t)(0x80 | opcode)};
  size_t head = 2;
  if (size < 126) frame[1] = (uint8_t)(0x80 | size);
  else frame[1] = 0x80 | 126, frame[2] = (uint8_t)(size >> 8), frame[3] = (uint8_t)size, head = 4;
  memset(frame + head, 0, 4);
  memcpy(frame + head + 4, data, size);
  ssize_t wanted = (ssize_t)(head + 4 + size);
  if (send(c->fd, frame, (size_t)wanted, MSG_NOSIGNAL) != wanted) lost_connection(c);
}

static void connect_client(Client *c) {
  int index = (int)(c - clients), address = index / PER_ADDRESS, one = 1;
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000101u + (uint32_t)(address / 200 * 256 + address % 200))};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)groups[c->group].port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(c->fd, (void *)&from, sizeof from)) fail("bind");
  if (connect(c->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) fail("connect");
  c->state = CONNECTING;
  connecting++;
  watch(c, EPOLLOUT, EPOLL_CTL_ADD);
}

static void connected(Client *c) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) { lost_connection(c); return; }
  char head[512];
  int length = snprintf(head, sizeof head,
    "GET /api/v1/ws%s%s HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    *c->ticket ? "?ticket=" : "", c->ticket, groups[c->group].port);
  c->state = UPGRADING;
  groups[c->group].open++;
  watch(c, EPOLLIN, EPOLL_CTL_MOD);
  if (send(c->fd, head, (size_t)length, MSG_NOSIGNAL) != length) lost_connection(c);
}

static void join(Client *c) {
  char line[LINE], since[128] = "";
  if (c->have >= 0) snprintf(since, sizeof since, ",\"since\":{\"epoch\":\"%s\",\"seq\":%lld}", c->epoch, (long long)c->have);
  int length = snprintf(line, sizeof line, "{\"type\":\"join\",\"id\":1,\"room\":\"%s\"%s}", groups[c->group].room, since);
  c->state = WELCOMED;
  write_frame(c, 1, line, (size_t)length);
}

static void say(Client *c) {
  char line[LINE], content[CONTENT_MAX + 1];
  int size = snprintf(content, sizeof content, "%lld ", (long long)now_us());
  while (size < talk.size) content[size] = "la di da "[size % 9], size++;
  content[size - 1] = '.';
  content[size] = 0;
  nonces++;
  int length = snprintf(line, sizeof line, "{\"type\":\"send\",\"id\":%lld,\"room\":\"%s\",\"nonce\":\"%d-%lld\",\"content\":\"%s\"}",
    (long long)nonces, groups[c->group].room, getpid(), (long long)nonces, content);
  write_frame(c, 1, line, (size_t)length);
  talk.said++;
  talk.left--;
}

/* As many messages as are due now; with a window, as many as may be under way. */
static void talk_on(void) {
  Group *g = &groups[talk.group], *target = &groups[talk.target];
  while (talk.left > 0) {
    int64_t arrived = talk.window && target->count ? (target->heard.deliveries - talk.base) / target->count : 0;
    if (talk.window ? talk.said - arrived >= talk.window : talk.next_us > (double)now_us()) return;
    Client *c = &clients[g->first + talk.said % g->count];
    if (c->state != JOINED) { talk.left = 0; return; }
    say(c);
    talk.next_us += talk.every_us;
  }
}

/* --- coming in --------------------------------------------------------------------------------------------------- */

static void take_joined(Client *c, const char *data, const char *end) {
  Group *g = &groups[c->group];
  const char *messages = find(data, end, "\"messages\":"), *epoch = find(data, messages, "\"epoch\":\"");
  int64_t head = number_after(data, messages, "\"seq\":");
  bool recovered = find(data, messages, "\"recovered\":true") != NULL, again = c->have >= 0;
  if (again && recovered) {
    take(&g->heard, &c->have, parse(messages, (size_t)(end - messages), "\"seq\":"), 0);
    g->heard.lost += head - c->have;
    g->recovered++;
  } else if (again) g->not_recovered++;
  c->have = head;
  snprintf(c->epoch, sizeof c->epoch, "%.36s", epoch ? epoch : "");
  c->state = JOINED;
  connecting--;
  g->joined++;
}

static void take_text(Client *c, const char *data, size_t size, int64_t at_us) {
  Group *g = &groups[c->group];
  const char *end = data + size, *kind = data + 9; /* after {"type":" */
  if (*data == '[' || !strncmp(kind, "message\"", 8) || !strncmp(kind, "gap\"", 4)) take(&g->heard, &c->have, parse(data, size, "\"type\":\""), at_us);
  else if (!strncmp(kind, "welcome", 7)) join(c);
  else if (!strncmp(kind, "joined", 6)) take_joined(c, data, end);
  else if (!strncmp(kind, "ack", 3)) g->acks++;
  else if (!strncmp(kind, "error", 5)) {
    if (!g->errors++)
      for (size_t i = 0; i < size && i < sizeof g->error - 1; i++) g->error[i] = data[i] == '"' ? '\'' : data[i];
  } else g->others++;
}

/* One frame at `data`; answers its size, 0 when its end has not come yet. */
static size_t take_frame(Client *c, const uint8_t *data, size_t size, int64_t at_us) {
  if (size < 2) return 0;
  size_t head = 2, length = data[1] & 127;
  if (length == 126) head = 4;
  else if (length == 127) head = 10;
  if (size < head) return 0;
  if (head > 2) length = 0;
  for (size_t i = 2; i < head; i++) length = length << 8 | data[i];
  if (size < head + length) return 0;
  const char *payload = (const char *)data + head;
  switch (data[0] & 15) {
    case 1: take_text(c, payload, length, at_us); break;
    case 8:
      groups[c->group].close_code = length >= 2 ? data[head] << 8 | data[head + 1] : 1005;
      lost_connection(c);
      break;
    case 9: write_frame(c, 10, payload, length); break;
    default: break;
  }
  return head + length;
}

static void readable(Client *c) {
  if (c->rest_size) memcpy(buffer, c->rest, c->rest_size);
  if (c->rest_size > BUFFER / 2) fail("a frame is too large");
  ssize_t got = recv(c->fd, buffer + c->rest_size, BUFFER / 2 - 1, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) { lost_connection(c); return; }
  int64_t at_us = now_us();
  groups[c->group].bytes += got;
  size_t size = c->rest_size + (size_t)got, at = 0, used;
  buffer[size] = 0;
  if (c->state == UPGRADING) {
    uint8_t *end = memmem(buffer, size, "\r\n\r\n", 4);
    if (end && memcmp(buffer, "HTTP/1.1 101", 12)) {
      Group *g = &groups[c->group];
      if (!g->refused++) snprintf(g->error, sizeof g->error, "%.12s", (char *)buffer);
      hang_up(c);
      return;
    }
    if (end) at = (size_t)(end + 4 - buffer), c->state = WELCOMED;
  }
  if (c->state > UPGRADING)
    while (c->state != IDLE && (used = take_frame(c, buffer + at, size - at, at_us))) at += used;
  if (c->state == IDLE) return;
  free(c->rest);
  c->rest = NULL;
  c->rest_size = size - at;
  if (c->rest_size) c->rest = memcpy(malloc(c->rest_size), buffer + at, c->rest_size);
}

/* --- commands ---------------------------------------------------------------------------------------------------- */

static int by_due(const void *a, const void *b) {
  int64_t difference = clients[*(const int *)a].due_us - clients[*(const int *)b].due_us;
  return difference < 0 ? -1 : difference > 0;
}

static void enqueue(Group *g, int64_t spread_us) {
  int waiting = queue_size - queue_at;
  int *all = malloc(sizeof *all * (size_t)(waiting + g->count));
  if (waiting) memcpy(all, queue + queue_at, sizeof *all * (size_t)waiting);
  for (int i = 0; i < g->count; i++) {
    Client *c = &clients[g->first + i];
    if (c->state != IDLE) continue;
    c->due_us = now_us() + (spread_us ? random() % spread_us : 0);
    if (ticket_count) strcpy(c->ticket, tickets[--ticket_count]);
    all[waiting++] = g->first + i;
  }
  free(queue);
  queue = all, queue_size = waiting, queue_at = 0;
  qsort(queue, (size_t)queue_size, sizeof *queue, by_due);
}

static void connect_due(void) {
  while (queue_at < queue_size && connecting < CONNECTING_MAX && clients[queue[queue_at]].due_us <= now_us())
    connect_client(&clients[queue[queue_at++]]);
}

static void report(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("{\"cpu_s\":%.3f,\"waiting\":%d,\"said\":%lld,\"left\":%lld,\"groups\":[", used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
    queue_size - queue_at + connecting, (long long)talk.said, (long long)talk.left);
  for (int i = 0; i < GROUPS; i++) {
    Group *g = &groups[i];
    int64_t lowest = INT64_MAX, highest = -1;
    for (int n = g->first; n < g->first + g->count; n++) {
      if (clients[n].have < lowest) lowest = clients[n].have;
      if (clients[n].have > highest) highest = clients[n].have;
    }
#define FIELD(name) printf("\"" #name "\":%lld,", (long long)g->name)
    double ms[3] = {0.5, 0.99, 1.0};
    percentiles_ms(&g->heard, ms, 3);
    printf("%s{", i ? "," : "");
    FIELD(count); FIELD(open); FIELD(joined); FIELD(recovered); FIELD(not_recovered); FIELD(heard.deliveries); FIELD(heard.lost);
    FIELD(heard.twice); FIELD(heard.gap_frames); FIELD(heard.gap_messages); FIELD(refused); FIELD(closed); FIELD(close_code); FIELD(acks); FIELD(errors);
    FIELD(others); FIELD(bytes);
    printf("\"lowest\":%lld,\"highest\":%lld,\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"max_ms\":%.1f,\"error\":\"%s\"}", g->count ? (long long)lowest : -1LL,
      (long long)highest, ms[0], ms[1], ms[2], g->error);
  }
  puts("]}");
  fflush(stdout);
}

static void reset(void) {
  for (Group *g = groups; g < groups + GROUPS; g++) {
    g->recovered = g->not_recovered = g->refused = g->closed = g->close_code = g->acks = g->errors = g->others = g->bytes = 0;
    *g->error = 0;
    memset(&g->heard, 0, sizeof g->heard);
  }
}

static void obey(char *line) {
  char word[16], text[64];
  int group = 0, target = 0, count = 0, size = 0;
  long long number = 0, window = 0;
  double rate = 0;
  if (sscanf(line, "%15s", word) != 1) return;
  Group *g = sscanf(line, "%*s %d", &group) == 1 && group >= 0 && group < GROUPS ? &groups[group] : groups;
  if (!strcmp(word, "ticket") && sscanf(line, "%*s %63s", text) == 1) {
    tickets = realloc(tickets, sizeof *tickets * (size_t)(ticket_count + 1));
    strcpy(tickets[ticket_count++], text);
  } else if (!strcmp(word, "open") && sscanf(line, "%*s %*d %d %d %63s", &count, &g->port, g->room) == 3) {
    clients = realloc(clients, sizeof *clients * (size_t)(client_count + count));
    memset(clients + client_count, 0, sizeof *clients * (size_t)count);
    g->first = client_count, g->count = count;
    for (int i = 0; i < count; i++) clients[client_count + i].group = group, clients[client_count + i].have = -1;
    client_count += count;
    enqueue(g, 0);
  } else if (!strcmp(word, "say") && sscanf(line, "%*s %*d %lld %lf %d %lld %d", &number, &rate, &size, &window, &target) == 5) {
    talk.group = group, talk.left = number, talk.said = 0, talk.size = size > CONTENT_MAX ? CONTENT_MAX : size;
    talk.window = window, talk.target = target, talk.base = groups[target].heard.deliveries;
    talk.every_us = rate > 0 ? 1e6 / rate : 0, talk.next_us = (double)now_us();
  } else if (!strcmp(word, "stop")) talk.left = 0;
  else if (!strcmp(word, "drop")) for (int i = 0; i < g->count; i++) hang_up(&clients[g->first + i]);
  else if (!strcmp(word, "back") && sscanf(line, "%*s %*d %lld", &number) == 1) enqueue(g, number * 1000);
  else if (!strcmp(word, "mute") || !strcmp(word, "hear")) {
    for (int i = 0; i < g->count; i++)
      if (clients[g->first + i].state == JOINED) watch(&clients[g->first + i], *word == 'm' ? 0 : EPOLLIN, EPOLL_CTL_MOD);
  } else if (!strcmp(word, "reset")) reset();
  else if (!strcmp(word, "report")) report();
  else { errno = EINVAL; fail(line); }
}

/* Whole lines of stdin; false at its end. */
static bool read_commands(void) {
  static char lines[1 << 16];
  static size_t size;
  ssize_t got = read(0, lines + size, sizeof lines - size - 1);
  if (got <= 0) return false;
  size += (size_t)got;
  lines[size] = 0;
  char *at = lines, *end;
  for (; (end = strchr(at, '\n')); at = end + 1) *end = 0, obey(at);
  size -= (size_t)(at - lines);
  memmove(lines, at, size);
  return true;
}

int main(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  buffer = malloc(BUFFER);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event events[EVENTS], input = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &input)) fail("stdin");
  for (;;) {
    bool busy = queue_at < queue_size || talk.left > 0;
    int ready = epoll_wait(epoll_fd, events, EVENTS, busy ? 1 : 1000);
    for (int i = 0; i < ready; i++) {
      if (events[i].data.u32 == UINT32_MAX) {
        if (!read_commands()) return 0;
        continue;
      }
      Client *c = &clients[events[i].data.u32];
      if (c->state == CONNECTING) connected(c);
      else if (c->state != IDLE) readable(c);
    }
    connect_due();
    talk_on();
  }
}
