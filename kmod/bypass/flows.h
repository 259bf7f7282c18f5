/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the state of an end is kept, and what more can be asked of its socket.
 *
 * From Linux 5.8 on a socket has storage of its own. Before, it is found by its
 * addresses: two sockets of different namespaces can have the same ones, so that
 * the second one cannot be joined.
 */
#ifndef OVNFAST_FLOWS_H
#define OVNFAST_FLOWS_H

#include <bpf/bpf_endian.h>
#include "maps.h"

#define AF_INET6 10

/*
 * Each field of a context by a load of its own with a fixed offset. The compiler would merge neighbours and compute addresses,
 * and the verifier refuse both.
 */
#define FIELD(context, name)							\
	({									\
		__u64 value_;							\
		asm volatile("%0 = *(u32 *)(%1 + %2)"				\
			     : "=r"(value_)					\
			     : "r"(context), "i"(offsetof(typeof(*(context)), name))); \
		(__u32)value_;							\
	})

#define READ_ADDRESS(address, context, side, port_number)			\
	do {									\
		if (FIELD(context, family) == AF_INET6) {			\
			(address)->ip[0] = FIELD(context, side##_ip6[0]);	\
			(address)->ip[1] = FIELD(context, side##_ip6[1]);	\
			(address)->ip[2] = FIELD(context, side##_ip6[2]);	\
			(address)->ip[3] = FIELD(context, side##_ip6[3]);	\
		} else {							\
			(address)->ip[0] = 0;					\
			(address)->ip[1] = 0;					\
			(address)->ip[2] = bpf_htonl(0xffff);			\
			(address)->ip[3] = FIELD(context, side##_ip4);		\
		}								\
		(address)->port = port_number;					\
	} while (0)

#define LOCAL_PORT(context) FIELD(context, local_port)
#define REMOTE_PORT(context) bpf_ntohl(FIELD(context, remote_port))

#ifdef FLOWS_IN_SOCKETS

/* Of struct tcp_sock, as the running kernel has it. */
struct inet_connection_sock {
	const void *icsk_ulp_ops;
} __attribute__((preserve_access_index));

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u32 write_seq;
} __attribute__((preserve_access_index));

struct sock {
	struct {
		struct {
			int counter;
		} rmem_alloc;
	} sk_backlog;
	void *sk_user_data;
} __attribute__((preserve_access_index));

struct list_head {
	struct list_head *next;
} __attribute__((preserve_access_index));

struct sk_psock {
	struct list_head ingress_msg;
} __attribute__((preserve_access_index));

/* Flags in the low bits of sk_user_data. */
#define SK_USER_DATA_FLAGS 7UL

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct flow);
} flows SEC(".maps");

static __always_inline struct flow *make_flow(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;
	struct flow *flow;

	if (!sk)
		return NULL;
	flow = bpf_sk_storage_get(&flows, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!flow)
		count(COUNT_KEPT_FULL, 1);
	return flow;
}

static __always_inline struct flow *flow_of_socket(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;

	return sk ? bpf_sk_storage_get(&flows, sk, NULL, 0) : NULL;
}

static __always_inline void drop_flow(struct bpf_sock_ops *ops)
{
	struct bpf_sock *sk = ops->sk;

	if (sk)
		bpf_sk_storage_delete(&flows, sk);
}

static __always_inline struct flow *flow_of_message(struct sk_msg_md *msg)
{
	return bpf_sk_storage_get(&flows, msg->sk, NULL, 0);
}

/*
 * Whether nothing of what this end sends has gone through the stack: neither sent nor queued. A socket that has been given to
 * another protocol, such as TLS, counts as touched: what is seen here is not what belongs on the wire.
 */
static __always_inline bool is_untouched(struct sk_msg_md *msg, const struct flow *flow)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(msg->sk);

	return tcp && tcp->write_seq == flow->end.sends && !tcp->inet_conn.icsk_ulp_ops;
}

/* Of a socket that is touched: whether it is for that other protocol. */
static __always_inline bool is_layered(struct sk_msg_md *msg, const struct flow *flow)
{
	struct tcp_sock *tcp = bpf_skc_to_tcp_sock(msg->sk);

	return tcp && tcp->write_seq == flow->end.sends;
}

static __always_inline __u64 socket_of(struct bpf_sock_ops *ops)
{
	return (__u64)ops->sk;
}

/* Of struct sk_msg and the page that it holds a piece of: what a message of one byte costs. */
#define MESSAGE_COST 1024

/*
 * Whether the other end has so much to read that its memory is at stake. Nothing in the kernel bounds what is redirected: a
 * sender whose receiver does not read goes on until no TCP socket of the node gets memory any more.
 *
 * What a socket has not read yet is charged to it from Linux 5.15.211, 6.1.176 and 6.2 on. Before, it can only be seen
 * whether everything has been read. The other socket may be gone, and its memory be another's: reading it is harmless,
 * and at worst a flow goes through the stack.
 */
static __always_inline bool is_congested(struct flow *flow, __u32 messages, __u32 bytes, __u32 limit)
{
	struct sock *peer = (struct sock *)flow->peer;
	__u32 memory = bytes + messages * MESSAGE_COST;
	struct list_head *queue, *first = NULL;
	void *psock = NULL;
	int unread = 0;

	bpf_probe_read_kernel(&unread, sizeof(unread), &peer->sk_backlog.rmem_alloc.counter);
	/* Only the bytes are charged: the messages are taken to be like those of late. */
	if (unread > 0 && bytes)
		return (__u64)unread * memory / bytes > limit;
	bpf_probe_read_kernel(&psock, sizeof(psock), &peer->sk_user_data);
	queue = &((struct sk_psock *)((__u64)psock & ~SK_USER_DATA_FLAGS))->ingress_msg;
	bpf_probe_read_kernel(&first, sizeof(first), &queue->next);
	flow->unread = first == queue ? 0 : flow->unread + memory;
	return flow->unread > limit;
}

#else

struct tuple {
	struct address local, remote;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 2 * MAX_CONNECTIONS);
	__type(key, struct tuple);
	__type(value, struct flow);
} flows SEC(".maps");

#define READ_TUPLE(tuple, context)						\
	do {									\
		READ_ADDRESS(&(tuple)->local, context, local, LOCAL_PORT(context)); \
		READ_ADDRESS(&(tuple)->remote, context, remote, REMOTE_PORT(context)); \
	} while (0)

static __always_inline struct flow *make_flow(struct bpf_sock_ops *ops)
{
	struct flow empty = {};
	struct tuple tuple;
	long error;

	READ_TUPLE(&tuple, ops);
	error = bpf_map_update_elem(&flows, &tuple, &empty, BPF_NOEXIST);
	if (error) {
		count(error == -17 /* EEXIST */ ? COUNT_KEPT_AMBIGUOUS : COUNT_KEPT_FULL, 1);
		return NULL;
	}
	return bpf_map_lookup_elem(&flows, &tuple);
}

static __always_inline struct flow *flow_of_socket(struct bpf_sock_ops *ops)
{
	struct tuple tuple;

	READ_TUPLE(&tuple, ops);
	return bpf_map_lookup_elem(&flows, &tuple);
}

static __always_inline void drop_flow(struct bpf_sock_ops *ops)
{
	struct tuple tuple;

	READ_TUPLE(&tuple, ops);
	bpf_map_delete_elem(&flows, &tuple);
}

static __always_inline struct flow *flow_of_message(struct sk_msg_md *msg)
{
	struct tuple tuple;

	READ_TUPLE(&tuple, msg);
	return bpf_map_lookup_elem(&flows, &tuple);
}

static __always_inline bool is_untouched(struct sk_msg_md *msg, const struct flow *flow)
{
	return true;
}

static __always_inline bool is_layered(struct sk_msg_md *msg, const struct flow *flow)
{
	return false;
}

static __always_inline __u64 socket_of(struct bpf_sock_ops *ops)
{
	return 0;
}

static __always_inline bool is_congested(struct flow *flow, __u32 messages, __u32 bytes, __u32 limit)
{
	return false;
}

#endif

#endif
