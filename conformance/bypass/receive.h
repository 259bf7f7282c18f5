// SPDX-License-Identifier: Apache-2.0
/* Steps that receive. */
static ssize_t receive_spliced(struct conn *c, size_t length)
{
	int ends[2];
	ssize_t n;

	if (pipe(ends))
		fail_with_errno("pipe");
	n = splice(c->fd, NULL, ends[1], NULL, length, 0);
	if (n > 0 && read(ends[0], block, n) != n)
		fail("splice put less into the pipe than it said");
	close(ends[0]);
	close(ends[1]);
	return n;
}

/* Waits as the step says until the socket is readable. */
static void wait_readable(struct conn *c, enum how how, int epoll, size_t length)
{
	struct pollfd wait = { .fd = c->fd, .events = POLLIN };
	struct epoll_event event;
	int low = length, n;

	if (how == LOWAT && setsockopt(c->fd, SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low)))
		fail_with_errno("SO_RCVLOWAT");
	n = epoll >= 0 ? epoll_wait(epoll, &event, 1, 5000) : poll(&wait, 1, 5000);
	if (n <= 0)
		fail("not readable within 5 s; received %llu", (long long)c->in);
}

static ssize_t get(struct conn *c, size_t length, enum how how, int epoll)
{
	size_t third = length / 3;
	struct iovec parts[] = { { block, third }, { block, 0 }, { block + third, third },
				 { block + 2 * third, length - 2 * third } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 4 };
	struct conn ahead = *c;
	ssize_t n, peeked;

	switch (how) {
	case IOV:
		return recvmsg(c->fd, &message, 0);
	case SPLICE:
		return receive_spliced(c, length);
	case TRUNC:
		return recv(c->fd, NULL, length, MSG_TRUNC);
	case WAITALL:
		n = recv(c->fd, block, length, MSG_WAITALL);
		if (n > 0 && (size_t)n != length)
			fail("MSG_WAITALL: %zd of %zu bytes", n, length);
		return n;
	case PEEK:
		peeked = recv(c->fd, block, length, MSG_PEEK);
		if (peeked <= 0)
			return peeked;
		verify(&ahead, block, peeked);
		n = recv(c->fd, block, peeked, 0);
		if (n != peeked)
			fail("%zd bytes after %zd bytes were seen with MSG_PEEK", n, peeked);
		return n;
	case EDGE:
		/* Only an edge is waited for, and only when there is nothing left. */
		n = recv(c->fd, block, length, MSG_DONTWAIT);
		if (n >= 0 || errno != EAGAIN)
			return n;
		break;
	case POLL:
	case EPOLL:
	case LOWAT:
		break;
	default:
		return recv(c->fd, block, length, 0);
	}
	do {
		wait_readable(c, how, epoll, length);
		n = recv(c->fd, block, length, MSG_DONTWAIT);
	} while (n < 0 && errno == EAGAIN);
	if (how == LOWAT && n > 0 && (size_t)n < length)
		fail("readable with %zd bytes, SO_RCVLOWAT is %zu", n, length);
	return n;
}

static void do_recv(struct step *s, struct conn *c)
{
	struct epoll_event event = { .events = EPOLLIN | (s->how == EDGE ? EPOLLET : 0) };
	uint64_t left;
	int epoll = -1;

	if (s->how == EPOLL || s->how == EDGE) {
		epoll = epoll_create1(0);
		if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event))
			fail_with_errno("epoll");
	}
	s->turn = 0;
	for (left = s->bytes; left;) {
		ssize_t n = get(c, next_size(s, left), s->how, epoll);

		if (n < 0)
			fail("receive after %llu bytes: %s", (long long)c->in, strerror(errno));
		if (!n)
			fail("end of stream after %llu bytes", (long long)c->in);
		if (s->how == TRUNC)
			c->in += n;
		else
			verify(c, block, n);
		left -= n;
	}
	if (epoll >= 0)
		close(epoll);
	if (s->how == LOWAT)
		setsockopt(c->fd, SOL_SOCKET, SO_RCVLOWAT, &(int){ 1 }, sizeof(int));
}

/* Reads to the end, waiting in poll or in the read; returns 0 at the end of the stream, else the error. */
static int read_out(struct conn *c, bool polls)
{
	struct pollfd wait = { .fd = c->fd, .events = POLLIN };
	ssize_t n;

	for (;;) {
		if (polls)
			poll(&wait, 1, -1);
		n = recv(c->fd, block, BLOCK, 0);
		if (n <= 0)
			return n ? errno : 0;
		verify(c, block, n);
	}
}

static void do_drain(struct step *s, struct conn *c)
{
	int error = read_out(c, true);

	(void)s;
	shared->drained[(unsigned char)key][!dials] = true;
	if (error)
		fail("receive after %llu bytes: %s", (long long)c->in, strerror(error));
}

static void do_gone(struct step *s, struct conn *c)
{
	uint64_t before = c->in;
	int error = read_out(c, s->text[0] != 'r');

	if (error != ECONNRESET && (error || s->text[0] != 'o'))
		fail("%s after %llu bytes, not a reset", error ? strerror(error) : "end of stream", (long long)c->in);
	if (c->in - before != s->bytes)
		fail("%s, and not all of what came before: %llu bytes", error ? "reset" : "end of stream",
		     (long long)(c->in - before));
	note("%s after %llu bytes", error ? "reset" : "end of stream", (long long)c->in);
}

static void do_eof(struct step *s, struct conn *c)
{
	struct pollfd wait = { .fd = c->fd, .events = POLLIN };
	struct timespec start, end;
	ssize_t n;

	if (!strcmp(s->text, "eof") && poll(&wait, 1, -1) <= 0)
		fail_with_errno("poll");
	clock_gettime(CLOCK_MONOTONIC, &start);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 3, 0 }, sizeof(struct timeval));
	n = recv(c->fd, block, BLOCK, 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	if (n > 0)
		fail("%zd bytes instead of the end of the stream, after %llu", n, (long long)c->in);
	if (n < 0)
		fail("no end of the stream: %s", errno != EAGAIN		    ? strerror(errno) :
						 end.tv_sec - start.tv_sec < 2 ? "a read that should wait does not" :
										    "the read blocks");
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 0, 0 }, sizeof(struct timeval));
}

static void do_quiet(struct step *s, struct conn *c)
{
	struct timeval time = { s->bytes / 1000, s->bytes % 1000 * 1000 };
	ssize_t n;

	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	n = recv(c->fd, block, BLOCK, 0);
	if (n >= 0 || errno != EAGAIN)
		fail("%zd bytes (%s) where nothing should arrive", n, n < 0 ? strerror(errno) : "no error");
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 0, 0 }, sizeof(time));
}

static void do_queued(struct step *s, struct conn *c)
{
	int bytes = -1, tries;

	for (tries = 0; tries < 100; tries++) {
		if (ioctl(c->fd, FIONREAD, &bytes))
			fail_with_errno("FIONREAD");
		if ((uint64_t)bytes == s->bytes)
			return;
		usleep(10000);
	}
	fail("FIONREAD says %d", bytes);
}
