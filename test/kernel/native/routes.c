/* Metrics of a host's routes (`ip route replace default dev tun0 initcwnd 20`). */
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

static struct rtattr *put(struct request *request, int type, const void *value, int length) {
  struct rtattr *attribute = (void *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  *attribute = (struct rtattr){.rta_type = type, .rta_len = RTA_LENGTH(length)};
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

static void set_route(int sock, const struct route *route, int device) {
  const bool is_default = route->to.s_addr == INADDR_ANY;
  struct request request = {
    .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)), .nlmsg_type = RTM_NEWROUTE, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE},
    .route = {.rtm_family = AF_INET, .rtm_dst_len = is_default ? 0 : 32, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST},
  };
  if (!is_default) put(&request, RTA_DST, &route->to, sizeof route->to);
  put(&request, RTA_OIF, &device, sizeof device);
  struct rtattr *nest = put(&request, RTA_METRICS, "", 0);
  for (int i = 0; i < METRICS; i++)
    if (route->metrics[i] != 0) put(&request, metrics[i].type, &route->metrics[i], sizeof route->metrics[i]);
  /* As `ip route` does: only then it counts. */
  const uint32_t locks = 1 << RTAX_RTO_MIN;
  if (route->metrics[0] != 0) put(&request, RTAX_LOCK, &locks, sizeof locks);
  nest->rta_len = (char *)&request + request.header.nlmsg_len - (char *)nest;
  if (send(sock, &request, request.header.nlmsg_len, 0) < 0) die("a route");
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
    char rest[512];
  } answer;
  if (recv(sock, &answer, sizeof answer, 0) < 0) die("a route");
  errno = -answer.error.error;
  if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error != 0) die("a route");
}

void set_routes(const struct host *host, int device) {
  if (host->route_count == 0) return;
  const int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (sock < 0) die("a socket for routes");
  for (int i = 0; i < host->route_count; i++) set_route(sock, &host->routes[i], device);
  close(sock);
}
