// SPDX-License-Identifier: Apache-2.0
/* The end that sniffs: what of all that was sent a device has carried. */
struct wire {
	uint64_t frames, payload, markers, foreign, bytes, packets;
};

/* What the device has counted, both ways. */
static void read_device(struct wire *wire, int sign)
{
	unsigned long long n[16];
	char line[512], *colon;
	FILE *file = fopen("/proc/net/dev", "r");

	while (file && fgets(line, sizeof(line), file)) {
		colon = strchr(line, ':');
		if (!colon || strncmp(colon - strlen(device), device, strlen(device)))
			continue;
		if (sscanf(colon + 1, "%llu %llu %*u %*u %*u %*u %*u %*u %llu %llu", &n[0], &n[1], &n[2], &n[3]) == 4) {
			wire->bytes += sign * (n[0] + n[2]);
			wire->packets += sign * (n[1] + n[3]);
		}
	}
	if (file)
		fclose(file);
}

/* A frame from its network header on, of which the first bytes are at hand. */
static void look_at(struct wire *wire, const unsigned char *frame, size_t length, int protocol)
{
	const unsigned char *tcp = frame, *end = frame + length, *found;
	size_t total = 0;

	if (protocol == ETH_P_IP && length >= 40 && frame[9] == IPPROTO_TCP) {
		tcp = frame + (frame[0] & 15) * 4;
		total = frame[2] << 8 | frame[3];
	} else if (protocol == ETH_P_IPV6 && length >= 60 && frame[6] == IPPROTO_TCP) {
		tcp = frame + 40;
		total = 40 + (frame[4] << 8 | frame[5]);
	}
	wire->frames++;
	if (!total)
		return;
	wire->payload += total - (tcp - frame) - (tcp[12] >> 4) * 4;
	/* A marker that the end of what is at hand cuts off is not looked at. */
	while (end - tcp >= 8 && (found = memmem(tcp, end - tcp - 1, "ovnfast", 7))) {
		if (found[7] == (unsigned char)key)
			wire->markers++;
		else
			wire->foreign++;
		tcp = found + 8;
	}
}

static int start_sniffing(void)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);

	all.sll_ifindex = if_nametoindex(device);
	if (fd < 0 || !all.sll_ifindex || bind(fd, (struct sockaddr *)&all, sizeof(all)))
		fail_with_errno(device);
	set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20, "SO_RCVBUFFORCE");
	return fd;
}

static void sniff(int fd, struct wire *wire)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct tpacket_stats statistics;
	socklen_t size = sizeof(statistics);
	uint64_t sent;
	bool last;

	/* What is under way when the others have ended is sniffed, too. */
	do {
		last = __atomic_load_n(&shared->over, __ATOMIC_SEQ_CST);
		while (poll(&wait, 1, 20) > 0) {
			struct sockaddr_ll way;
			socklen_t length = sizeof(way);
			ssize_t n = recvfrom(fd, block, 2048, 0, (struct sockaddr *)&way, &length);

			if (n > 0)
				look_at(wire, block, n, ntohs(way.sll_protocol));
		}
	} while (!last);
	read_device(wire, 1);
	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &size))
		fail_with_errno("PACKET_STATISTICS");
	if (statistics.tp_drops)
		fail("the sniffer lost %u frames", statistics.tp_drops);
	sent = shared->out[(unsigned char)key][0] + shared->out[(unsigned char)key][1];
	note("%llu frames, %llu bytes of TCP payload, %llu markers, %llu of other keys; it counted %llu packets, %llu bytes",
	     (long long)wire->frames, (long long)wire->payload, (long long)wire->markers, (long long)wire->foreign,
	     (long long)wire->packets, (long long)wire->bytes);
	if (wire->foreign)
		fail("bytes of another key");
	if (expected && !strcmp(expected, "seen") && wire->payload < sent)
		fail("of %llu bytes sent only %llu were seen", (long long)sent, (long long)wire->payload);
	if (expected && !strcmp(expected, "unseen") && (wire->payload || wire->markers || wire->bytes > 130 * wire->packets))
		fail("of %llu bytes sent some were seen", (long long)sent);
}
