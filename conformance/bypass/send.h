// SPDX-License-Identifier: Apache-2.0
/* Steps that send. */
static int next_size(struct step *s, uint64_t left)
{
	int size = s->sizes ? s->size[s->turn++ % s->sizes] : BLOCK;

	return (uint64_t)size < left ? size : (int)left;
}

/* Waits for the notice that the kernel needs the pages of the last send no more. */
static void zerocopy_notice(struct conn *c)
{
	char control[256];
	struct msghdr message = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct pollfd wait = { .fd = c->fd };

	if (poll(&wait, 1, 2000) <= 0)
		fail("no notice of a zero-copy send within 2 s");
	if (recvmsg(c->fd, &message, MSG_ERRQUEUE) < 0 || !message.msg_controllen)
		fail_with_errno("notice of a zero-copy send");
}

static ssize_t send_spliced(struct conn *c, const unsigned char *data, size_t length)
{
	ssize_t n, sent = 0;
	int ends[2];

	if (pipe(ends) || write(ends[1], data, length) != (ssize_t)length)
		fail_with_errno("pipe");
	while ((size_t)sent < length) {
		n = splice(ends[0], NULL, c->fd, NULL, length - sent, 0);
		if (n <= 0)
			fail_with_errno("splice");
		sent += n;
	}
	close(ends[0]);
	close(ends[1]);
	return sent;
}

/* One write, of the next bytes of the stream; data is where they are. */
static ssize_t put(struct conn *c, unsigned char *data, size_t length, enum how how, bool last)
{
	size_t third = length / 3;
	struct iovec parts[] = {
		{ data, third }, { data, 0 }, { data + third, third }, { data + 2 * third, length - 2 * third }
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 4 };
	ssize_t n;

	if (fastopen && dials && !c->out)
		return sendto(c->fd, data, length, MSG_FASTOPEN | MSG_NOSIGNAL, (struct sockaddr *)&there, sizeof(there));
	switch (how) {
	case IOV:
		return sendmsg(c->fd, &message, MSG_NOSIGNAL);
	case SPLICE:
		return send_spliced(c, data, length);
	case ZEROCOPY:
		n = send(c->fd, data, length, MSG_ZEROCOPY | MSG_NOSIGNAL);
		if (n > 0)
			zerocopy_notice(c);
		return n;
	default:
		return send(c->fd, data, length,
			    MSG_NOSIGNAL | ((how == MORE && !last) || how == HOLD ? MSG_MORE : 0) | (how == OOB ? MSG_OOB : 0));
	}
}

static void send_block(struct conn *c, size_t length, enum how how, bool last)
{
	size_t done = 0;

	make(block, c->out, length, c->out_seed, c->out_head);
	while (done < length) {
		ssize_t n = put(c, block + done, length - done, how, last);

		if (n < 0)
			fail("send after %llu bytes: %s", (long long)c->out, strerror(errno));
		done += n;
		c->out += n;
	}
}

/* The file holds all of it: pages that were sent must not change. */
static void send_file(struct step *s, struct conn *c)
{
	uint64_t done;
	int file = memfd_create("stream", 0);
	off_t offset = 0;

	for (done = 0; done < s->bytes; done += BLOCK) {
		size_t n = s->bytes - done < BLOCK ? s->bytes - done : BLOCK;

		make(block, c->out + done, n, c->out_seed, c->out_head);
		if (write(file, block, n) != (ssize_t)n)
			fail_with_errno("memfd");
	}
	for (done = 0; done < s->bytes;) {
		ssize_t n = sendfile(c->fd, file, &offset, next_size(s, s->bytes - done));

		if (n <= 0)
			fail_with_errno("sendfile");
		done += n;
		c->out += n;
	}
	close(file);
}

static void do_send(struct step *s, struct conn *c)
{
	uint64_t left, size;

	if (s->how == SENDFILE)
		return send_file(s, c);
	if (s->how == ZEROCOPY && setsockopt(c->fd, SOL_SOCKET, SO_ZEROCOPY, &(int){ 1 }, sizeof(int)))
		fail_with_errno("SO_ZEROCOPY");
	s->turn = 0;
	for (left = s->bytes; left; left -= size) {
		size = next_size(s, left);
		send_block(c, size, s->how, size == left);
	}
}

static void do_flood(struct step *s, struct conn *c)
{
	while (access(s->file, F_OK))
		send_block(c, next_size(s, BLOCK), PLAIN, false);
}

/* Sends until that fails because the other end is gone. */
static void do_flooded(struct step *s, struct conn *c)
{
	ssize_t n;

	(void)s;
	do {
		make(block, c->out, BLOCK, c->out_seed, c->out_head);
		n = send(c->fd, block, BLOCK, MSG_NOSIGNAL);
		c->out += n > 0 ? n : 0;
	} while (n >= 0);
	if (errno != ECONNRESET && errno != EPIPE)
		fail_with_errno("send");
	note("%s after %llu bytes", strerror(errno), (long long)c->out);
}

static void do_fill(struct step *s, struct conn *c)
{
	uint64_t before = c->out;
	struct pollfd wait = { .fd = c->fd, .events = POLLOUT };
	ssize_t n;
	int size;

	for (;;) {
		if (c->out - before >= s->bytes)
			fail("never blocked: %llu bytes went", (long long)(c->out - before));
		size = next_size(s, BLOCK);
		make(block, c->out, size, c->out_seed, c->out_head);
		n = send(c->fd, block, size, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno != EAGAIN)
			fail_with_errno("send");
		if (n > 0)
			c->out += n;
		else if (!poll(&wait, 1, 200))
			break;
	}
	note("blocked after %llu bytes", (long long)(c->out - before));
}

static void do_arrived(struct step *s, struct conn *c)
{
	int bytes;

	(void)s;
	do {
		usleep(1000);
		if (ioctl(c->fd, SIOCOUTQ, &bytes))
			fail_with_errno("SIOCOUTQ");
	} while (bytes);
}
