/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs and their loader share: the layout of the maps.
 */
#ifndef OVNFAST_BYPASS_H
#define OVNFAST_BYPASS_H

#include <linux/types.h>

/* Connections that can be joined at a time. */
#define MAX_CONNECTIONS 65536

/*
 * One end of a connection, by two numbers that nobody but the two ends knows: the
 * sequence numbers of the first byte it sends and of the first it receives. The
 * other end has the same two the other way round, whatever became of the addresses
 * in between.
 */
struct end {
	__u32 sends;
	__u32 receives;
};

/* IPv4 addresses as ::ffff:a.b.c.d, in network byte order; ports in host byte order. */
struct address {
	__u32 ip[4];
	__u32 port;
};

/* A listening socket. netns is the kernel's cookie of its namespace, 0 where programs cannot ask for it. */
struct service {
	__u64 netns;
	struct address address;
	__u32 unused;
};

enum policy {
	POLICY_LEARN,
	POLICY_BYPASS,
	POLICY_STOCK,
};

/* The only element of the map of that name. */
struct settings {
	/* 0: no more connections are joined. */
	__u32 enabled;
	/* For ports that the map of ports has nothing about. */
	__u32 policy;
	/* Bytes: what is smaller is a small message. */
	__u32 small;
	/* Bytes of memory that a flow may fill at an end that does not read. */
	__u32 backlog;
};

/*
 * What is known of a service: how many of its recent flows would have been better
 * off on the stack, how many were not, and how many connections were kept from the
 * bypass.
 */
struct habit {
	__u32 streams;
	__u32 others;
	__u32 kept;
	__u32 unused;
};

/* Index into the map of counters. */
enum counter {
	/* Connections: both ends were joined; one that was joined came to its end. */
	COUNT_JOINED,
	COUNT_CLOSED,
	/* What was redirected. */
	COUNT_MESSAGES,
	COUNT_BYTES,
	/* Flows, that is directions of a connection: redirected; not, because ... */
	COUNT_FLOWS,
	/* ... the other end was not there when the first message was sent, */
	COUNT_FLOW_UNPAIRED,
	/* ... or something had gone through the stack already; */
	COUNT_FLOW_BEGUN,
	/* redirected until another protocol, such as TLS, was put on top of TCP, */
	COUNT_FLOW_LAYERED,
	/* or until the other end had too much to read, and by the stack, which makes the sender wait, from then on. */
	COUNT_FLOW_BACKLOG,
	/* Connections between two sockets of this node that were not joined, because ... */
	COUNT_KEPT_OFF,
	COUNT_KEPT_PORT,
	COUNT_KEPT_LEARNED,
	/* ... the first data came with the end of the handshake, or the handshake took too long, */
	COUNT_KEPT_EARLY,
	/* ... its addresses are taken by another connection, on kernels that cannot tell the two apart, */
	COUNT_KEPT_AMBIGUOUS,
	/* ... a map is full, */
	COUNT_KEPT_FULL,
	/* ... it became known too late that the server is on this node. */
	COUNT_KEPT_UNKNOWN,
	/* Connections of services that stream small messages which were joined to see whether they still do. */
	COUNT_PROBES,
	/* Messages for an end that was gone. */
	COUNT_PEER_GONE,
	/* Flows that were broken off, because their bytes would not have come in order. */
	COUNT_FLOW_BROKEN,
	COUNTERS,
};

#endif
