// SPDX-License-Identifier: Apache-2.0
/* Steps that serve many connections at once, in both directions. */
static int watch_all(uint32_t events)
{
	int epoll = epoll_create1(0), i;

	for (i = 0; i < conns; i++) {
		struct epoll_event event = { .events = events, .data.ptr = &conn[i] };

		if (epoll_ctl(epoll, EPOLL_CTL_ADD, conn[i].fd, &event))
			fail_with_errno("epoll");
	}
	return epoll;
}

static void forget(int epoll, struct conn *c, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = c };

	if (epoll_ctl(epoll, events ? EPOLL_CTL_MOD : EPOLL_CTL_DEL, c->fd, &event))
		fail_with_errno("epoll");
}

/* The next event; the connection is the current one. */
static uint32_t next_event(int epoll)
{
	struct epoll_event event;

	current = NULL;
	if (epoll_wait(epoll, &event, 1, -1) != 1)
		fail_with_errno("epoll_wait");
	current = event.data.ptr;
	return event.events;
}

static void do_both(struct step *s)
{
	int epoll = watch_all((s->bytes ? EPOLLOUT : 0) | (s->answer ? EPOLLIN : 0)), busy = 0, i;

	for (i = 0; i < conns; i++) {
		conn[i].left_out = s->bytes;
		conn[i].left_in = s->answer;
		busy += s->bytes || s->answer;
	}
	while (busy) {
		uint32_t events = next_event(epoll);
		struct conn *c = current;
		bool was_out = c->left_out, was_in = c->left_in;

		if (was_in && events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
			ssize_t n = recv(c->fd, block, c->left_in < BLOCK ? c->left_in : BLOCK, MSG_DONTWAIT);

			if (!n || (n < 0 && errno != EAGAIN))
				fail("receive after %llu bytes: %s", (long long)c->in, n ? strerror(errno) : "end of stream");
			if (n > 0) {
				verify(c, block, n);
				c->left_in -= n;
			}
		}
		if (was_out && events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
			int size = next_size(s, c->left_out);
			ssize_t n;

			make(block, c->out, size, c->out_seed, c->out_head);
			n = send(c->fd, block, size, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (n < 0 && errno != EAGAIN)
				fail("send after %llu bytes: %s", (long long)c->out, strerror(errno));
			if (n > 0) {
				c->out += n;
				c->left_out -= n;
			}
		}
		if (was_out != !!c->left_out || was_in != !!c->left_in)
			forget(epoll, c, (c->left_out ? EPOLLOUT : 0) | (c->left_in ? EPOLLIN : 0));
		busy -= !c->left_out && !c->left_in;
	}
	close(epoll);
}

static void do_answer(struct step *s)
{
	int epoll = watch_all(EPOLLIN), busy = conns, i;

	for (i = 0; i < conns; i++)
		conn[i].left_in = s->bytes;
	while (busy) {
		struct conn *c;
		ssize_t n;

		next_event(epoll);
		c = current;
		n = recv(c->fd, block, c->left_in < BLOCK ? c->left_in : BLOCK, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			continue;
		if (n < 0 || (!n && c->left_in != s->bytes))
			fail("receive after %llu bytes: %s", (long long)c->in, n ? strerror(errno) : "end of stream");
		if (!n) {
			forget(epoll, c, 0);
			busy--;
			continue;
		}
		verify(c, block, n);
		c->left_in -= n;
		if (c->left_in)
			continue;
		c->left_in = s->bytes;
		send_block(c, s->answer, PLAIN, true);
	}
	close(epoll);
}
