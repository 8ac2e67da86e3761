/* Hosts: network namespaces with one TUN or TAP device each, whose other end the cable holds. */
#define _GNU_SOURCE
#include "lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <net/route.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct host hosts[MAX_HOSTS];
int host_count;
struct sysctl sysctls[256];
int sysctl_count;

struct host *host_named(const char *name) {
  for (int i = 0; i < host_count; i++)
    if (strcmp(hosts[i].name, name) == 0) return &hosts[i];
  return NULL;
}

struct host *host_at(struct in_addr address) {
  for (int i = 0; i < host_count; i++)
    if (hosts[i].address.s_addr == address.s_addr) return &hosts[i];
  return NULL;
}

bool write_sysctl(const char *path, const char *value) {
  char file[160];
  snprintf(file, sizeof file, "/proc/sys/net/%s", path);
  int fd = open(file, O_WRONLY);
  bool ok = fd >= 0 && write(fd, value, strlen(value)) >= 0;
  if (fd >= 0) close(fd);
  return ok;
}

bool read_sysctl(const char *path, char *value, size_t size) {
  char file[160];
  snprintf(file, sizeof file, "/proc/sys/net/%s", path);
  const int fd = open(file, O_RDONLY);
  const ssize_t length = fd < 0 ? -1 : read(fd, value, size - 1);
  if (fd >= 0) close(fd);
  if (length > 0) value[length] = 0;
  return length > 0;
}

static void set_address(int sock, struct ifreq *request, unsigned long what, in_addr_t address) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = address};
  memcpy(&request->ifr_addr, &in, sizeof in);
  if (ioctl(sock, what, request) < 0) die("the device's address");
}

static void bring_up(int sock, const char *name) {
  struct ifreq request = {0};
  strcpy(request.ifr_name, name);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(sock, SIOCSIFFLAGS, &request) < 0) die("the device up");
}

/* The host's one device: MTU 1500, no offloads, everything that is not the host itself lies behind it. */
static int open_tun(const struct host *host) {
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tun < 0) die("/dev/net/tun");
  struct ifreq request = {.ifr_flags = (host->ethernet ? IFF_TAP : IFF_TUN) | IFF_NO_PI};
  strcpy(request.ifr_name, "tun0");
  if (ioctl(tun, TUNSETIFF, &request) < 0) die("a TUN or TAP device");
  int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bring_up(sock, "lo");
  set_address(sock, &request, SIOCSIFADDR, host->address.s_addr);
  set_address(sock, &request, SIOCSIFNETMASK, INADDR_NONE);
  bring_up(sock, "tun0");
  if (host->mtu != 0) {
    struct ifreq mtu = {.ifr_mtu = host->mtu};
    strcpy(mtu.ifr_name, "tun0");
    if (ioctl(sock, SIOCSIFMTU, &mtu) < 0) die("the device's MTU");
  }
  struct rtentry route = {.rt_flags = RTF_UP, .rt_dev = "tun0"};
  struct sockaddr_in any = {.sin_family = AF_INET};
  memcpy(&route.rt_dst, &any, sizeof any);
  memcpy(&route.rt_genmask, &any, sizeof any);
  if (ioctl(sock, SIOCADDRT, &route) < 0) die("the route");
  if (host->ethernet) ethernet_prepare(host, sock, "tun0");
  close(sock);
  return tun;
}

static void build(struct host *host, struct boot *boot) {
  if (unshare(CLONE_NEWNET) < 0) die("a network namespace");
  for (int i = 0; i < sysctl_count; i++) {
    if (&hosts[sysctls[i].host] != host) continue;
    if (!write_sysctl(sysctls[i].path, sysctls[i].value))
      printf("info sysctl-refused %s %s=%s\n", host->name, sysctls[i].path, sysctls[i].value);
  }
  boot->watch = host->ethernet || host->has_queue ? open_watch() : -1;
  boot->rtnetlink = host->has_queue || host->loses_routes ? open_rtnetlink() : -1;
  boot->tun = open_tun(host);
  boot->device = if_nametoindex("tun0");
  set_routes(host, boot->device);
  boot->diag = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  boot->ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (boot->diag < 0 || boot->ns < 0) die("the namespace's sockets");
}

void build_hosts(void) {
  /* Sockets of a namespace can have a small table of their own, so that reading their states costs next to nothing. */
  if (unshare(CLONE_NEWNET) < 0) die("a network namespace (this needs root)");
  write_sysctl("ipv4/tcp_child_ehash_entries", "64");
  int parent = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  for (int i = 0; i < host_count; i++) {
    for (int j = 0; j < hosts[i].boot_count; j++) {
      build(&hosts[i], &hosts[i].boots[j]);
      if (setns(parent, CLONE_NEWNET) < 0) die("going back");
    }
    hosts[i].on = true;
  }
  close(parent);
}

/* Closing the last descriptor of a device waits for the whole kernel: not in the cable's thread. */
static void *release(void *given) {
  struct boot *boot = given;
  close(boot->tun);
  if (boot->watch >= 0) close(boot->watch);
  if (boot->rtnetlink >= 0) close(boot->rtnetlink);
  close(boot->diag);
  close(boot->ns);
  return NULL;
}

void host_power_loss(struct host *host) {
  watch_read(host);
  host->on = false;
  host->queue_full = false;
  watch_finish(host);
  forget_states(host);
  for (int i = 0; i < process_count; i++)
    if (&hosts[processes[i].host] == host && processes[i].running) process_kill(&processes[i]);
  pthread_t thread;
  if (pthread_create(&thread, NULL, release, &host->boots[host->current]) != 0) die("a thread");
  pthread_detach(thread);
}

void host_boot(struct host *host) {
  if (host->current + 1 >= host->boot_count) die("more boots than were announced");
  host->current++;
  host->on = true;
  if (host->no_carrier) set_carrier(host, false);
}
