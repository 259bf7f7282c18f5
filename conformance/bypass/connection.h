// SPDX-License-Identifier: Apache-2.0
/* Steps that open, close and inspect connections. */
static void set(int fd, int level, int option, int value, const char *what)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		fail_with_errno(what);
}

static void set_up(int fd)
{
	if (nodelay)
		set(fd, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
	if (oobinline)
		set(fd, SOL_SOCKET, SO_OOBINLINE, 1, "SO_OOBINLINE");
	if (sndbuf)
		set(fd, SOL_SOCKET, SO_SNDBUF, sndbuf, "SO_SNDBUF");
	if (rcvbuf)
		set(fd, SOL_SOCKET, SO_RCVBUF, rcvbuf, "SO_RCVBUF");
}

static int new_socket(struct sockaddr_storage *local)
{
	int fd = socket(there.ss_family, SOCK_STREAM, 0);

	if (fd < 0)
		fail_with_errno("socket");
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
	set_up(fd);
	if (local->ss_family && bind(fd, (struct sockaddr *)local, sizeof(*local)))
		fail_with_errno("bind");
	return fd;
}

/* What ends share of the port that this one listens on or dials; it lies alike in the addresses of both families. */
static struct port *port(void)
{
	return &shared->port[ntohs(((struct sockaddr_in *)&there)->sin_port)];
}

static void start_listening(void)
{
	listener = new_socket(&there);
	if (defer)
		set(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5, "TCP_DEFER_ACCEPT");
	if (fastopen)
		set(listener, IPPROTO_TCP, TCP_FASTOPEN, 16, "TCP_FASTOPEN");
	if (listen(listener, 16384))
		fail_with_errno("listen");
	/* One that defers accepts nothing before it has data. */
	port()->listens = !defer;
}

static void dial(struct conn *c)
{
	struct sockaddr_storage any = { .ss_family = there.ss_family };

	/* The head of the stream tells the port, so it must be known before the connection is there. */
	c->fd = new_socket(from.ss_family ? &from : fastopen || fastconnect ? &any : &from);
	if (fastconnect)
		set(c->fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1, "TCP_FASTOPEN_CONNECT");
	if (fastopen)
		return;
	if (early)
		fcntl(c->fd, F_SETFL, O_NONBLOCK);
	if (connect(c->fd, (struct sockaddr *)&there, sizeof(there)) && !(early && errno == EINPROGRESS))
		fail_with_errno("connect");
	fcntl(c->fd, F_SETFL, 0);
}

/*
 * Waits until the connection is there for the other end, too. The bypass leaves to the stack what is sent before, and on a
 * busy machine it may be: where a test wants the bypass for sure, what it sends comes after.
 */
static void wait_accepted(void)
{
	int dialed = __atomic_add_fetch(&port()->dialed, 1, __ATOMIC_SEQ_CST);

	while (__atomic_load_n(&port()->accepted, __ATOMIC_SEQ_CST) < dialed)
		usleep(100);
}

static void do_open(struct step *s, struct conn *c)
{
	int id = c - conn;

	(void)s;
	memset(c, 0, sizeof(*c));
	c->id = id;
	if (dials) {
		dial(c);
		if (path != PATH_ANY && path != PATH_STOCK && port()->listens && !(fastopen || fastconnect || early))
			wait_accepted();
	} else {
		c->fd = accept(listener, NULL, NULL);
		if (c->fd < 0)
			fail_with_errno("accept");
		__atomic_add_fetch(&port()->accepted, 1, __ATOMIC_SEQ_CST);
		set_up(c->fd);
	}
	begin_stream(c);
}

static uint64_t total_out, total_in, total_stack;
static int ways[PATH_BYPASS + 1];

/* Which way the bytes came: what TCP itself received (it counts a FIN as a byte) against what was read. */
static void judge(struct conn *c)
{
	struct tcp_info info = { 0 };
	socklen_t length = sizeof(info);
	enum path way;

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &length))
		fail_with_errno("TCP_INFO");
	total_out += c->out;
	total_in += c->in;
	total_stack += info.tcpi_bytes_received;
	__atomic_add_fetch(&shared->out[(unsigned char)key][!dials], c->out, __ATOMIC_RELAXED);
	__atomic_add_fetch(&shared->in[(unsigned char)key][!dials], c->in, __ATOMIC_RELAXED);
	if (c->in < 4)
		return;
	way = info.tcpi_bytes_received >= c->in ? PATH_STOCK : info.tcpi_bytes_received <= 1 ? PATH_BYPASS : PATH_UNMIXED;
	ways[way]++;
	if (path != PATH_ANY && way != path && (path != PATH_UNMIXED || way == PATH_UNMIXED))
		fail("of %llu bytes received %llu came by the stack: %s, not %s", (long long)c->in,
		     (long long)info.tcpi_bytes_received, way == PATH_UNMIXED ? "mixed" : paths[way], paths[path]);
}

static void do_close(struct step *s, struct conn *c)
{
	if (c->closed)
		return;
	judge(c);
	if (s && s->text[0] == 'r')
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger));
	c->closed = true;
	if (close(c->fd))
		fail_with_errno("close");
}

static void do_info(struct step *s, struct conn *c)
{
	struct tcp_info info = { 0 };
	socklen_t length = sizeof(info);

	(void)s;
	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &length))
		fail_with_errno("TCP_INFO");
	note("state %d, by the stack %llu received and %llu acknowledged, data in SYN %s, %d retransmitted",
	     info.tcpi_state, (long long)info.tcpi_bytes_received, (long long)info.tcpi_bytes_acked,
	     info.tcpi_options & TCPI_OPT_SYN_DATA ? "acknowledged" : "none", info.tcpi_total_retrans);
}

static void do_cork(struct step *s, struct conn *c)
{
	set(c->fd, IPPROTO_TCP, TCP_CORK, s->text[0] == 'c', "TCP_CORK");
}

static void do_shut(struct step *s, struct conn *c)
{
	(void)s;
	if (shutdown(c->fd, SHUT_WR))
		fail_with_errno("shutdown");
}
