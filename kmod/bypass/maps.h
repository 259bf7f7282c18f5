/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OVNFAST_MAPS_H
#define OVNFAST_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "bypass.h"

/* A server of this node was asked for a connection. */
struct arrival {
	struct service service;
	__u64 time;
};

/* A client has seen its handshake end. */
struct pending {
	/* Whom it reaches; port 0 when that is not known to be on this node. */
	struct service service;
	/* Whom it meant to reach, before translation; netns is the client's. */
	struct service meant;
	__u64 time;
	/* The kernel's address of its socket, and of the server's as soon as that is joined too. */
	__u64 socket;
	__u64 peer;
	__u32 joined;
	__u32 paired;
};

enum direction {
	DIRECTION_NEW,
	/* Redirected, and every message is looked at. */
	DIRECTION_WATCHED,
	/* Redirected, with a look now and then. */
	DIRECTION_TRUSTED,
	DIRECTION_STOCK,
	/* Bytes have overtaken others, or would: nothing more is sent. */
	DIRECTION_BROKEN,
};

/* In flow.sent: one message; and what is not 0 when it is time for another look: after 64 messages, or 1 MiB. */
#define MESSAGE (1ULL << 32)
#define WINDOW 64
#define LOOK (WINDOW * MESSAGE | 0xfff00000ULL)

/* What one end of a joined connection sends. */
struct flow {
	/* The key of this end, and of the other. */
	struct end end;
	struct end other;
	struct service service;
	/* The kernel's address of the other end's socket, 0 where that cannot be had. */
	__u64 peer;
	/* Since the last look: messages in the upper half, bytes in the lower one. */
	__u64 sent;
	__u32 direction;
	__u32 passive;
	/* How often the other end sent something in between, while watched; how often this flow has been looked at. */
	__u32 turns;
	__u32 looks;
	/* Memory that was filled since the other end had read all. */
	__u32 unread;
	/* What the service counts this flow as: a policy that would suit it. */
	__u32 vote;
};

/* The sockets of all ends. */
struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 2 * MAX_CONNECTIONS);
	__type(key, struct end);
	__type(value, __u32);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_CONNECTIONS);
	__type(key, struct address);
	__type(value, struct arrival);
} arrivals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_CONNECTIONS);
	__type(key, struct end);
	__type(value, struct pending);
} pendings SEC(".maps");

/* Services by what clients call them, where their own address is hidden from the server. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct service);
	__type(value, struct service);
} aliases SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct service);
	__type(value, struct habit);
} habits SEC(".maps");

/* What the two ends of a connection have in common. */
struct place {
	/* Who of the two sent last. */
	__u32 speaker;
	/* Whether their service has been told of them: `tag_of` the connection. */
	__u32 judged;
};

/* By a hash of both ends: a guess is good enough where two connections share a place. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAX_CONNECTIONS);
	__type(key, __u32);
	__type(value, struct place);
} places SEC(".maps");

/* Policies of listening ports, those that have one of their own. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct settings);
} settings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

static __always_inline void count(enum counter counter, __u64 value)
{
	__u32 index = counter;
	__u64 *sum = bpf_map_lookup_elem(&counters, &index);

	if (sum)
		*sum += value;
}

#endif
