/*
 * The first program of a virtual machine that records: loads the modules of its kernel, then plays one script after the other with the
 * recorder (/lab). Scripts come by the first virtio port, each with a line `.` behind it; what the recorder prints goes back the same
 * way, and behind it `exit STATUS`. The serial line is for complaints.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT "/dev/vport0p1"
#define SCRIPT "/script"
/* So many times 10 ms the port may take to appear. */
#define PORT_TRIES 300
/* Seconds between two scripts, in which what the hosts before left behind goes. The machine's time is virtual: they cost nothing. */
#define REST 200

static void give_up(const char *what) {
  printf("recorder: %s: %s\n", what, strerror(errno));
  fflush(stdout);
  reboot(RB_AUTOBOOT);
  for (;;) pause();
}

/* In the order of /modules/order: each after those that it needs. */
static void load_modules(void) {
  FILE *order = fopen("/modules/order", "r");
  char name[96], path[128];
  if (order == NULL) give_up("/modules/order");
  while (fscanf(order, "%95s", name) == 1) {
    snprintf(path, sizeof path, "/modules/%s", name);
    const int module = open(path, O_RDONLY);
    if (module < 0 || (syscall(SYS_finit_module, module, "", 0) < 0 && errno != EEXIST)) give_up(path);
    close(module);
  }
  fclose(order);
}

static int open_port(void) {
  for (int i = 0; i < PORT_TRIES; i++) {
    const int port = open(PORT, O_RDWR | O_CLOEXEC);
    if (port >= 0) return port;
    usleep(10000);
  }
  give_up(PORT);
  return -1;
}

/*
 * What a kernel makes at the first use: it gathers entropy, for which it would wait (these numbers need not be secret), and with the first
 * connection a table of random numbers, which takes it some milliseconds (net/ipv4/inet_hashtables.c, table_perturb).
 */
static void warm_up(void) {
  struct {
    struct rand_pool_info head;
    char bytes[64];
  } entropy = {.head = {.entropy_count = 8 * sizeof entropy.bytes, .buf_size = sizeof entropy.bytes}};
  const int random = open("/dev/urandom", O_WRONLY);
  if (random < 0 || ioctl(random, RNDADDENTROPY, &entropy) < 0) give_up("/dev/urandom");
  close(random);
  const int sock = socket(AF_INET, SOCK_STREAM, 0);
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  if (sock < 0 || ioctl(sock, SIOCSIFFLAGS, &loopback) < 0) give_up("lo");
  const struct sockaddr_in nobody = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(sock, (const void *)&nobody, sizeof nobody) == 0 || errno != ECONNREFUSED) give_up("lo");
  close(sock);
}

static void say(int port, const char *format, ...) {
  va_list values;
  va_start(values, format);
  if (vdprintf(port, format, values) < 0) give_up("the port");
  va_end(values);
}

/* What follows the line `.` waits for the next time. */
static void take_script(FILE *port) {
  char line[1024];
  FILE *script = fopen(SCRIPT, "w");
  if (script == NULL) give_up(SCRIPT);
  while (fgets(line, sizeof line, port) != NULL && strcmp(line, ".\n") != 0) fputs(line, script);
  if (ferror(port) || fclose(script) != 0) give_up(SCRIPT);
}

static int play(int port) {
  const pid_t lab = fork();
  if (lab == 0) {
    dup2(open(SCRIPT, O_RDONLY), 0);
    dup2(port, 1);
    dup2(port, 2);
    execl("/lab", "/lab", NULL);
    give_up("/lab");
  }
  int status = -1;
  /* The programs of its hosts end here too. */
  while (waitpid(-1, &status, 0) != lab) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void) {
  mount("proc", "/proc", "proc", 0, NULL);
  mount("sysfs", "/sys", "sysfs", 0, NULL);
  if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) < 0 && errno != EBUSY) give_up("/dev");
  load_modules();
  warm_up();
  const int port = open_port();
  FILE *scripts = fdopen(port, "r");
  if (scripts == NULL) give_up("the port");
  for (;;) {
    take_script(scripts);
    say(port, "exit %d\n", play(port));
    for (unsigned left = REST; left > 0;) {
      left = sleep(left);
      while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    }
  }
}
