/* A host's routes: what they say (`ip route replace default dev tun0 initcwnd 20`), and that they go. */
#include "lab.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
  struct nlmsghdr header;
  struct rtmsg route;
  unsigned char attributes[256];
};

int open_rtnetlink(void) {
  const int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (sock < 0) die("a socket for routes and queues");
  return sock;
}

static struct rtattr *put(struct request *request, int type, const void *value, int length) {
  struct rtattr *attribute = (void *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  const struct rtattr header = {.rta_type = type, .rta_len = RTA_LENGTH(length)};
  memcpy(attribute, &header, sizeof header);
  memcpy(RTA_DATA(attribute), value, length);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
  return attribute;
}

static const struct {
  const char *name;
  int type;
} metrics[METRICS] = {{"rto_min", RTAX_RTO_MIN}, {"quickack", RTAX_QUICKACK}, {"initcwnd", RTAX_INITCWND}, {"initrwnd", RTAX_INITRWND}};

void route_metric(struct host *host, struct in_addr to, const char *name, uint32_t value) {
  struct route *route = host->routes;
  while (route < host->routes + host->route_count && route->to.s_addr != to.s_addr) route++;
  if (route == host->routes + MAX_HOSTS) die("more routes");
  if (route == host->routes + host->route_count) {
    host->route_count++;
    route->to = to;
  }
  for (int i = 0; i < METRICS; i++)
    if (strcmp(metrics[i].name, name) == 0) {
      route->metrics[i] = value;
      return;
    }
  die("the name of a route's metric");
}

static void tell(int sock, struct request *request) {
  if (send(sock, request, request->header.nlmsg_len, 0) < 0) die("a route");
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    char rest[512];
  } answer;
  if (recv(sock, &answer, sizeof answer, 0) < 0) die("a route");
  errno = -answer.error.error;
  if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error != 0) die("a route");
}

static struct request about(const struct route *route, int device, int type, int flags) {
  const bool is_default = route->to.s_addr == INADDR_ANY;
  struct request request = {
    .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags},
    .route = {.rtm_family = AF_INET, .rtm_dst_len = is_default ? 0 : 32, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST},
  };
  if (!is_default) put(&request, RTA_DST, &route->to, sizeof route->to);
  put(&request, RTA_OIF, &device, sizeof device);
  return request;
}

static void set_route(int sock, const struct route *route, int device) {
  struct request request = about(route, device, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
  struct request nested = {.header.nlmsg_len = sizeof nested.header + sizeof nested.route};
  for (int i = 0; i < METRICS; i++)
    if (route->metrics[i] != 0) put(&nested, metrics[i].type, &route->metrics[i], sizeof route->metrics[i]);
  /* As `ip route` does: only then it counts. */
  const uint32_t locks = 1 << RTAX_RTO_MIN;
  if (route->metrics[0] != 0) put(&nested, RTAX_LOCK, &locks, sizeof locks);
  const int length = nested.header.nlmsg_len - (sizeof nested.header + sizeof nested.route);
  if (length > 0) put(&request, RTA_METRICS, nested.attributes, length);
  tell(sock, &request);
}

static void remove_route(int sock, const struct route *route, int device) {
  struct request request = about(route, device, RTM_DELROUTE, 0);
  /* Of whichever protocol and scope. */
  request.route.rtm_protocol = RTPROT_UNSPEC;
  request.route.rtm_scope = RT_SCOPE_NOWHERE;
  tell(sock, &request);
}

/* Where routes go one by one, each host has one of its own, and there is no default route. */
static void divide_default(struct host *host, int sock, int device) {
  const struct route all = {.to = {INADDR_ANY}};
  for (int i = 0; i < host_count; i++)
    if (&hosts[i] != host) set_route(sock, &(struct route){.to = hosts[i].address}, device);
  remove_route(sock, &all, device);
}

void set_routes(struct host *host, int device) {
  if (host->route_count == 0 && !host->loses_routes) return;
  const int sock = open_rtnetlink();
  if (host->loses_routes) divide_default(host, sock, device);
  for (int i = 0; i < host->route_count; i++) set_route(sock, &host->routes[i], device);
  close(sock);
}

void lose_route(struct host *host, struct in_addr to, bool gone) {
  if (!host->on) return;
  const struct boot *boot = &host->boots[host->current];
  const struct route route = {.to = to};
  if (gone) remove_route(boot->rtnetlink, &route, boot->device);
  else set_route(boot->rtnetlink, &route, boot->device);
}
