/* Packets that a box makes itself. */
#ifndef FORGE_H
#define FORGE_H

/* Large enough for both. */
#define FORGED_SIZE 128

/* The RST of a host that has no socket for this packet, in that host's name. @return its length, 0 = none (it was a RST) */
int forge_reset(const unsigned char *packet, unsigned char *reset);
/* An ICMP error about a packet; `mtu`: of the next hop, 0 = it says nothing of that. @return its length */
int forge_icmp(const unsigned char *packet, int type, int code, int mtu, unsigned char *icmp);
/* After its numbers were changed. */
void fix_checksum(unsigned char *packet);
/* Another source (0) or destination (1) port. */
void rewrite_port(unsigned char *packet, int which, unsigned short port);

#endif
