// SPDX-License-Identifier: Apache-2.0
/* The bytes that flow: made by position, verified by position. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static uint64_t seed_of(char side, int id)
{
	return mix((uint64_t)key << 40 | (uint64_t)side << 32 | id);
}

/* The bytes of a stream from an offset on. */
static void make(unsigned char *to, uint64_t offset, size_t length, uint64_t seed, const unsigned char *head)
{
	while (length) {
		uint64_t index = offset / 8, word = mix(seed + index * 0x9e3779b97f4a7c15);
		size_t skip = offset % 8, n = 8 - skip < length ? 8 - skip : length;

		if (!index)
			memcpy(&word, head, 8);
		else if (index % 32 == 1)
			memcpy(&word, (char[]){ 'o', 'v', 'n', 'f', 'a', 's', 't', key }, 8);
		if (n == 8)
			memcpy(to, &word, 8);
		else
			memcpy(to, (unsigned char *)&word + skip, n);
		to += n;
		offset += n;
		length -= n;
	}
}

static in_port_t port_of(struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? ((struct sockaddr_in6 *)address)->sin6_port :
						((struct sockaddr_in *)address)->sin_port;
}

static in_port_t port_by(int (*get)(int, struct sockaddr *, socklen_t *), int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);

	return get(fd, (struct sockaddr *)&address, &length) ? 0 : port_of(&address);
}

static void begin_stream(struct conn *c)
{
	char side = dials ? 'c' : 's';
	in_port_t port = port_by(getsockname, c->fd);

	memcpy(c->out_head, (unsigned char[]){ 'O', key, side, c->id, c->id >> 8, c->id >> 16 }, 6);
	memcpy(c->out_head + 6, &port, 2);
	c->out_seed = seed_of(side, c->id);
}

/* The first 8 bytes say whose stream it is. */
static void check_head(struct conn *c)
{
	const unsigned char *head = c->in_head;
	int id = head[3] | head[4] << 8 | head[5] << 16;
	in_port_t port, is;

	memcpy(&port, head + 6, 2);
	if (head[0] != 'O' || head[1] != key || head[2] != (dials ? 's' : 'c'))
		fail("offset 0 differs: %02x%02x%02x%02x%02x%02x%02x%02x, not the beginning of a stream of key %c%s",
		     head[0], head[1], head[2], head[3], head[4], head[5], head[6], head[7], key,
		     head[0] == 'O' ? " but of another one" : "");
	is = port_by(getpeername, c->fd);
	if (!nat && port && is && port != is)
		fail("offset 0 differs: the stream of connection %d, port %d came to the connection with port %d", id,
		     ntohs(port), ntohs(is));
	c->in_seed = seed_of(head[2], id);
}

/* The offset that 8 bytes are of, near what has been received; or -1. */
static int64_t locate(struct conn *c, const unsigned char *bytes)
{
	uint64_t from = c->in > 16 << 20 ? c->in - (16 << 20) : 0, to = c->in + (16 << 20), offset;

	for (offset = from; offset < to; offset += BLOCK - 8) {
		unsigned char *found;

		make(wanted, offset, BLOCK, c->in_seed, c->in_head);
		found = memmem(wanted, BLOCK, bytes, 8);
		if (found)
			return offset + (found - wanted);
	}
	return -1;
}

/* Takes in what was received. */
static void verify(struct conn *c, const unsigned char *data, size_t length)
{
	size_t i;

	for (; c->in < 8 && length; data++, length--) {
		c->in_head[c->in++] = *data;
		if (c->in == 8)
			check_head(c);
	}
	if (!length)
		return;
	make(wanted, c->in, length, c->in_seed, c->in_head);
	if (!memcmp(wanted, data, length)) {
		c->in += length;
		return;
	}
	for (i = 0; wanted[i] == data[i]; i++)
		;
	if (length - i < 8)
		fail("offset %llu differs", (long long)(c->in + i));
	fail("offset %llu differs: there are bytes of offset %lld (-1: of none near)", (long long)(c->in + i),
	     (long long)locate(c, data + i));
}
