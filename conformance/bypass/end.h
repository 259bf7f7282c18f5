// SPDX-License-Identifier: Apache-2.0
/* One end of the traffic: what it is to do, what it has done, and how it says so. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_ENDS 16
#define MAX_STEPS 64
#define MAX_SIZES 8
#define BLOCK 65536

enum path { PATH_UNMIXED, PATH_ANY, PATH_STOCK, PATH_BYPASS };
enum how { PLAIN, IOV, MORE, OOB, ZEROCOPY, SENDFILE, SPLICE, PEEK, WAITALL, TRUNC, POLL, EPOLL, EDGE, LOWAT, HOLD };
static const char *const hows[] = { "plain",   "iov",	"more", "oob",	 "zerocopy", "sendfile", "splice", "peek",
				    "waitall", "trunc", "poll", "epoll", "edge",     "lowat",	 "hold",   NULL };
static const char *const paths[] = { "unmixed", "any", "stock", "bypass", NULL };

struct conn {
	int fd, id;
	bool closed;
	uint64_t out, in, out_seed, in_seed, left_out, left_in;
	unsigned char out_head[8], in_head[8];
};

struct step {
	const char *text, *file;
	void (*each)(struct step *s, struct conn *c);
	void (*all)(struct step *s);
	uint64_t bytes, answer;
	int size[MAX_SIZES], sizes, turn;
	enum how how;
	/* Of a loop: the other end of it, and how often it still runs. */
	struct step *partner;
	bool running;
	uint64_t left;
};

/* What the ends have in common. */
static struct {
	int arrived, generation, meeting;
	bool over, died[MAX_ENDS];
	/* By key and side, 0 of dialers: bytes, and whether one read to the end, so that it must have got all. */
	uint64_t out[256][2], in[256][2];
	bool drained[256][2];
	/* By port: whether an end listens and accepts before it has data, and how many connections were accepted and dialed. */
	struct port {
		bool listens;
		int accepted, dialed;
	} port[65536];
} *shared;

/* This end. */
static int me, seconds = 180, conns = 1, rcvbuf, sndbuf, listener = -1, ready = -1;
static bool dials, nat, nodelay, oobinline, defer, fastopen, fastconnect, early;
static char key = 'A', name[128] = "traffic";
static const char *netns, *cgroup, *device, *expected;
static enum path path;
static struct sockaddr_storage there, from;
static struct step steps[MAX_STEPS], *at;
static int n_steps;
static struct conn *conn, *current;
static unsigned char block[BLOCK], wanted[BLOCK];

static void say(const char *format, va_list arguments)
{
	char text[700];
	size_t n = snprintf(text, sizeof(text), "%s: ", name);

	if (current && conns > 1)
		n += snprintf(text + n, sizeof(text) - n, "connection %d: ", current->id);
	if (at)
		n += snprintf(text + n, sizeof(text) - n, "step %d (%s): ", (int)(at - steps) + 1, at->text);
	vsnprintf(text + n, sizeof(text) - n, format, arguments);
	dprintf(1, "%s\n", text);
}

/* One line that belongs to the step. */
static void note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}

static void __attribute__((noreturn)) fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	_exit(1);
}

static void __attribute__((noreturn)) fail_with_errno(const char *what)
{
	fail("%s: %s", what, strerror(errno));
}

static void late(int signal)
{
	(void)signal;
	if (!current && conn)
		current = conn;
	fail("not done within %d s; sent %llu, received %llu", seconds, current ? (long long)current->out : 0,
	     current ? (long long)current->in : 0);
}
