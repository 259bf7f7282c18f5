/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Delivery from socket to socket for TCP between processes of one node.
 *
 * bypass_sockops is told of every connection of the cgroups that it is attached to.
 * It finds the two sockets that are the ends of one connection and puts them into a
 * SOCKHASH. bypass_msg then runs for what these send, and hands it to the other end.
 *
 * Order is sacred: a receiver reads what was redirected before what came through the
 * stack, so nothing may be redirected after anything of the same direction went
 * through the stack. Hence a direction is redirected from its first byte on, or never.
 */
#include "bypass.h"
#include "flows.h"
#include "habits.h"
#include "maps.h"

#define SECOND 1000000000ULL
#define ARRIVAL_AGE (10 * SECOND)
/*
 * Where the socket cannot be asked, a writer that waits for the handshake is known by its data coming with the last ACK, or by
 * that ACK coming late: TCP_DELACK_MIN is 40 ms.
 */
#define HANDSHAKE_AGE (20 * SECOND / 1000)

#define TCP_CLOSE 7

static __always_inline __u64 netns_of(struct bpf_sock_ops *ops)
{
#ifdef NETNS_COOKIE
	return bpf_get_netns_cookie(ops);
#else
	return 0;
#endif
}

/* A server of this node got a SYN. That is before its client hears of it, who is elsewhere or here. */
static __always_inline void on_request(struct bpf_sock_ops *ops)
{
	struct arrival arrival = {};
	struct address client;

	arrival.service.netns = netns_of(ops);
	READ_ADDRESS(&arrival.service.address, ops, local, LOCAL_PORT(ops));
	READ_ADDRESS(&client, ops, remote, REMOTE_PORT(ops));
	arrival.time = bpf_ktime_get_ns();
	bpf_map_update_elem(&arrivals, &client, &arrival, BPF_ANY);
}

static __always_inline struct flow *join(struct bpf_sock_ops *ops, const struct end *end, const struct service *service)
{
	struct flow *flow = make_flow(ops);
	struct end key = *end;

	if (!flow)
		return NULL;
	flow->end = *end;
	flow->other.sends = end->receives;
	flow->other.receives = end->sends;
	flow->service = *service;
	if (bpf_sock_hash_update(ops, &sockets, &key, BPF_NOEXIST)) {
		drop_flow(ops);
		count(COUNT_KEPT_FULL, 1);
		return NULL;
	}
	bpf_sock_ops_cb_flags_set(ops, FIELD(ops, bpf_sock_ops_cb_flags) | BPF_SOCK_OPS_STATE_CB_FLAG);
	return flow;
}

/* Whom the client of a connection reaches, if that is known to be somebody of this node. */
static __always_inline bool find_service(struct bpf_sock_ops *ops, struct pending *pending)
{
	struct arrival *arrival;
	struct service *alias;
	struct address own;

	READ_ADDRESS(&own, ops, local, LOCAL_PORT(ops));
	arrival = bpf_map_lookup_elem(&arrivals, &own);
	/* It stays: another client may have the same address, in another namespace, and be waiting too. */
	if (arrival && pending->time - arrival->time < ARRIVAL_AGE) {
		pending->service = arrival->service;
		return true;
	}
	alias = bpf_map_lookup_elem(&aliases, &pending->meant);
	if (!alias)
		return false;
	pending->service = *alias;
	return true;
}

/* A client got its SYN-ACK. It has not answered yet, and no process can have sent anything but with the SYN. */
static __always_inline void on_connected(struct bpf_sock_ops *ops)
{
	struct end end = { .sends = FIELD(ops, snd_nxt), .receives = FIELD(ops, rcv_nxt) };
	struct pending pending = {};

	pending.time = bpf_ktime_get_ns();
	pending.meant.netns = netns_of(ops);
	READ_ADDRESS(&pending.meant.address, ops, remote, REMOTE_PORT(ops));
	if (find_service(ops, &pending) && is_welcome(&pending.service) && join(ops, &end, &pending.service)) {
		pending.joined = 1;
		pending.socket = socket_of(ops);
	}
	bpf_map_update_elem(&pendings, &end, &pending, BPF_ANY);
}

/* Whether something may have been sent already that will go through the stack. */
static __always_inline bool is_early(struct bpf_sock_ops *ops, const struct pending *pending)
{
	if (FIELD(ops, data_segs_in))
		return true;
#ifdef FLOWS_IN_SOCKETS
	return false;
#else
	return bpf_ktime_get_ns() - pending->time > HANDSHAKE_AGE;
#endif
}

/* A server's handshake has ended. */
static __always_inline void on_accepted(struct bpf_sock_ops *ops)
{
	struct end end = { .sends = FIELD(ops, snd_nxt), .receives = FIELD(ops, rcv_nxt) };
	struct end other = { .sends = end.receives, .receives = end.sends };
	struct pending *pending = bpf_map_lookup_elem(&pendings, &other);
	struct service service = {};
	struct flow *flow;

	if (!pending)
		return;
	service.netns = netns_of(ops);
	READ_ADDRESS(&service.address, ops, local, LOCAL_PORT(ops));
	if (!pending->joined) {
		/* The server saw another address than the client's own. The next one to come this way will be known. */
		if (!pending->service.address.port) {
			count(COUNT_KEPT_UNKNOWN, 1);
			bpf_map_update_elem(&aliases, &pending->meant, &service, BPF_ANY);
		}
	} else if (is_early(ops, pending)) {
		count(COUNT_KEPT_EARLY, 1);
	} else {
		flow = join(ops, &end, &service);
		if (flow) {
			flow->passive = 1;
			flow->peer = pending->socket;
			/* For the client, at its first message. */
			pending->peer = socket_of(ops);
			pending->paired = 1;
			count(COUNT_JOINED, 1);
			return;
		}
	}
	bpf_map_delete_elem(&pendings, &other);
}

/* Counts what was redirected since the last look. */
static __always_inline void account(struct flow *flow)
{
	count(COUNT_MESSAGES, flow->sent / MESSAGE);
	count(COUNT_BYTES, flow->sent % MESSAGE);
	flow->sent = 0;
}

static __always_inline void on_closed(struct bpf_sock_ops *ops)
{
	struct flow *flow = flow_of_socket(ops);

	if (!flow)
		return;
	if (flow->passive)
		count(COUNT_CLOSED, 1);
	judge_short(flow);
	account(flow);
	drop_flow(ops);
}

SEC("sockops")
int bypass_sockops(struct bpf_sock_ops *ops)
{
	switch (FIELD(ops, op)) {
	case BPF_SOCK_OPS_RWND_INIT:
		if (!FIELD(ops, is_fullsock))
			on_request(ops);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		on_connected(ops);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		on_accepted(ops);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (FIELD(ops, args[1]) == TCP_CLOSE)
			on_closed(ops);
		break;
	}
	return 1;
}

/* In order: what was redirected is read before what goes through the stack from now on. There is no way back. */
static __always_inline void keep(struct flow *flow, enum counter why)
{
	flow->direction = DIRECTION_STOCK;
	count(why, 1);
}

/* At the first message: whether this flow is redirected. */
static __always_inline void decide(struct sk_msg_md *msg, struct flow *flow)
{
	struct pending *pending;

	if (!is_untouched(msg, flow)) {
		keep(flow, COUNT_FLOW_BEGUN);
		return;
	}
	if (!flow->passive) {
		pending = bpf_map_lookup_elem(&pendings, &flow->end);
		if (!pending || !pending->paired) {
			keep(flow, COUNT_FLOW_UNPAIRED);
			return;
		}
		flow->peer = pending->peer;
		bpf_map_delete_elem(&pendings, &flow->end);
	}
	flow->direction = DIRECTION_WATCHED;
	count(COUNT_FLOWS, 1);
}

/* What must be true of a flow whenever it is looked at. Returns whether the message may be redirected. */
static __always_inline bool is_sound(struct sk_msg_md *msg, struct flow *flow)
{
	if (is_untouched(msg, flow))
		return true;
	if (is_layered(msg, flow)) {
		keep(flow, COUNT_FLOW_LAYERED);
	} else {
		/* Somebody began to send before the handshake ended and went on only now, when others had been redirected. */
		flow->direction = DIRECTION_BROKEN;
		count(COUNT_FLOW_BROKEN, 1);
	}
	return false;
}

/* Now and then: whether this should go on, and what it says of the service. */
static __always_inline void look(struct sk_msg_md *msg, struct flow *flow)
{
	struct settings *settings = get_settings();
	__u32 messages = flow->sent / MESSAGE;
	__u32 bytes = flow->sent % MESSAGE;

	account(flow);
	if (!settings || !is_sound(msg, flow))
		return;
	if (flow->direction == DIRECTION_WATCHED)
		judge(flow, messages, bytes, settings->small);
	flow->looks++;
	if (flow->looks < WATCH_FIRST || flow->looks % WATCH_EVERY == 0)
		flow->direction = DIRECTION_WATCHED;
	else
		flow->direction = DIRECTION_TRUSTED;
	if (is_congested(flow, messages, bytes, settings->backlog)) {
		keep(flow, COUNT_FLOW_BACKLOG);
		vote(flow, POLICY_STOCK);
	}
}

/* What is not done for every message. Returns whether it may be redirected. */
static __always_inline bool inspect(struct sk_msg_md *msg, struct flow *flow)
{
	if (flow->direction == DIRECTION_NEW)
		decide(msg, flow);
	take_turn(flow);
	return flow->direction == DIRECTION_WATCHED && is_sound(msg, flow);
}

SEC("sk_msg")
int bypass_msg(struct sk_msg_md *msg)
{
	struct flow *flow = flow_of_message(msg);

	if (!flow)
		return SK_PASS;
	if (flow->direction != DIRECTION_TRUSTED && !inspect(msg, flow))
		return flow->direction == DIRECTION_BROKEN ? SK_DROP : SK_PASS;
	if (bpf_msg_redirect_hash(msg, &sockets, &flow->other, BPF_F_INGRESS) != SK_PASS) {
		/* The other end is closed. The stack knows what to answer to that. */
		keep(flow, COUNT_PEER_GONE);
		return SK_PASS;
	}
	flow->sent += MESSAGE + MESSAGE_SIZE(msg);
	if (flow->sent & LOOK)
		look(msg, flow);
	return SK_PASS;
}

char LICENSE[] SEC("license") = "GPL";
