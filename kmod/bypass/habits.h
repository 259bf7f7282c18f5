/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What suits a service.
 *
 * Small messages that nobody waits for are cheaper through the stack, which makes
 * large segments of them; and a sender that outruns its receiver has to be made to
 * wait, which only the stack can. So the flows of a service are watched, and the
 * next connection to it is treated as would have suited most of the recent ones. A
 * connection that was not joined cannot be watched: now and then one is joined to
 * see whether the service has changed.
 */
#ifndef OVNFAST_HABITS_H
#define OVNFAST_HABITS_H

#include "maps.h"

/*
 * So many windows of a flow are watched, and from then on one of so many: watching costs time. The first ones are also those in
 * which a writer may turn up that began before the handshake ended.
 */
#define WATCH_FIRST 64
#define WATCH_EVERY 16
/* Fewer changes of the speaker within a window, and nobody waits for answers. */
#define FEW_TURNS (WINDOW / 16)
/* When so many flows have been counted, all count half from then on. */
#define RECENT 32
/* One of so many connections that would be kept from the bypass is joined. */
#define PROBE_EVERY 64

static __always_inline struct settings *get_settings(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&settings, &zero);
}

/* Whether a connection to the service may be joined; counts why not. */
static __always_inline bool is_welcome(const struct service *service)
{
	struct settings *settings = get_settings();
	__u32 port = service->address.port;
	__u32 *pinned = bpf_map_lookup_elem(&ports, &port);
	struct habit *habit;
	__u32 policy;

	if (!settings || !settings->enabled) {
		count(COUNT_KEPT_OFF, 1);
		return false;
	}
	policy = pinned && *pinned ? *pinned - 1 : settings->policy;
	if (policy == POLICY_STOCK) {
		count(COUNT_KEPT_PORT, 1);
		return false;
	}
	if (policy == POLICY_BYPASS)
		return true;
	habit = bpf_map_lookup_elem(&habits, service);
	if (!habit || habit->streams <= habit->others)
		return true;
	habit->kept++;
	if (habit->kept % PROBE_EVERY == 0) {
		count(COUNT_PROBES, 1);
		return true;
	}
	count(COUNT_KEPT_LEARNED, 1);
	return false;
}

/* The same for both ends. */
static __always_inline __u32 tag_of(const struct flow *flow)
{
	return flow->end.sends ^ flow->end.receives;
}

static __always_inline struct place *place_of(const struct flow *flow)
{
	__u32 index = tag_of(flow) % MAX_CONNECTIONS;

	return bpf_map_lookup_elem(&places, &index);
}

/* Tells the service of a flow which policy would suit it. */
static __always_inline void vote(struct flow *flow, __u32 policy)
{
	struct habit *habit = bpf_map_lookup_elem(&habits, &flow->service);
	struct place *place = place_of(flow);

	if (place)
		place->judged = tag_of(flow);
	if (!habit) {
		struct habit none = {};

		bpf_map_update_elem(&habits, &flow->service, &none, BPF_NOEXIST);
		habit = bpf_map_lookup_elem(&habits, &flow->service);
		if (!habit)
			return;
	}
	if (habit->streams + habit->others >= RECENT) {
		habit->streams /= 2;
		habit->others /= 2;
	}
	/* A flow that has changed counts as what it is now. */
	if (flow->vote == POLICY_STOCK && habit->streams)
		habit->streams--;
	if (flow->vote == POLICY_BYPASS && habit->others)
		habit->others--;
	if (policy == POLICY_STOCK)
		habit->streams++;
	else
		habit->others++;
	flow->vote = policy;
}

/* Tells the two ends' messages apart, without a look at the other end. */
static __always_inline void take_turn(struct flow *flow)
{
	struct place *place = place_of(flow);

	if (place && place->speaker != flow->end.sends) {
		place->speaker = flow->end.sends;
		flow->turns++;
	}
}

/* At the end of a flow: a connection too short to be judged is one that the bypass suits. */
static __always_inline void judge_short(struct flow *flow)
{
	struct place *place = place_of(flow);

	if (flow->sent && !flow->looks && place && place->judged != tag_of(flow))
		vote(flow, POLICY_BYPASS);
}

/* Judges a flow by what it sent while it was watched. */
static __always_inline void judge(struct flow *flow, __u32 messages, __u32 bytes, __u32 small)
{
	bool streams = flow->turns < FEW_TURNS && bytes < messages * small;
	__u32 fits = streams ? POLICY_STOCK : POLICY_BYPASS;

	if (fits != flow->vote)
		vote(flow, fits);
	flow->turns = 0;
}

#endif
