// SPDX-License-Identifier: Apache-2.0
/*
 * traffic - TCP connections that do what they are told, and verify every byte.
 *
 *   traffic [-p bypass|stock] [-t SECONDS] END [-- END]...
 *
 * Each END is a process of its own; they start in the order given, a dialer when the listeners before it listen. All
 * succeed, and the exit status is 0, or one says what went wrong, and where: offset, step, connection. -p is the way
 * that all received bytes must have come (see `path`), -t the time limit of each end (180). An END is
 *
 *   [at NETNS] [in CGROUP] [OPTION]... listen|dial ADDRESS:PORT [STEP]...
 *   [at NETNS] [OPTION]... sniff DEVICE [seen|unseen]
 *
 * ADDRESS is 10.0.0.1, [fd00::1], [::ffff:10.0.0.1]; a listener on [::] takes IPv4, too. CGROUP is a directory.
 *
 * Options: key C (character that tells streams apart, A), conns N (connections at once, 1), from ADDRESS:PORT (bind),
 * nat (ports are translated: do not compare them), path bypass|stock|any, sndbuf N, rcvbuf N, nodelay, oobinline,
 * defer (TCP_DEFER_ACCEPT), fastopen (a listener's TCP_FASTOPEN; of a dialer, the first send opens the connection with
 * MSG_FASTOPEN), fastconnect (TCP_FASTOPEN_CONNECT), early (connect does not wait, so the first send waits in SYN_SENT).
 *
 * Steps are done one after another, each for all connections before the next:
 *   open                   accept or connect; the first step unless it is given
 *   send N[/SIZES][:HOW]   N bytes in writes of these sizes, by turns. HOW: iov, more, hold (MSG_MORE, the
 *                          last one too), oob, zerocopy, sendfile, splice
 *   recv N[/SIZE][:HOW]    receive and verify. HOW: iov, peek, waitall, trunc, splice, poll, epoll, edge, lowat
 *   both N[/SIZES] N       send and receive at once
 *   drain                  receive to the end of the stream, waiting in poll; in the end all dialers (listeners) of this
 *                          key must have received all that its listeners (dialers) have sent
 *   answer N N             receive so much, send so much, again and again, to the end of the stream
 *   flood FILE[:SIZE]      send until the file exists
 *   flooded                send until that fails because the other end is gone
 *   fill N[/SIZES]         send until it would block, no more than N bytes, and say how far that went
 *   arrived                waits until the other end's TCP has all that was sent; a reset drops what it has not
 *   queued N               FIONREAD must come to say N
 *   quiet MS               nothing arrives for so long, by SO_RCVTIMEO
 *   eof, readeof           the next read must say end of stream; eof waits with poll for it, readeof in the read
 *   gone N, readgone N     N bytes are left to read, then: connection reset; gone waits in poll, readgone in the read
 *   over N                 the same, but an end of stream is as good as a reset
 *   info                   print what TCP says of the connection
 *   cork, uncork, shut (of the sending half), close, reset (close with SO_LINGER 0), die (SIGKILL for this end)
 *   pause MS; meet (waits for all other ends to come to theirs); touch FILE; await FILE
 *   repeat N STEPS end; until FILE STEPS end
 *
 * What flows is a pseudo-random stream that says where each byte belongs: a head of 8 bytes tells the key, the side, the
 * number of the connection and the source port, and 8 bytes of every 256 are the marker `ovnfast` with the key.
 */

#include "end.h"
#include "stream.h"
#include "send.h"
#include "receive.h"
#include "crowd.h"
#include "connection.h"
#include "sniff.h"

/* ---- steps of an end as a whole --------------------------------------------------------------------------------- */

static void do_die(struct step *s)
{
	(void)s;
	shared->died[me] = true;
	kill(getpid(), SIGKILL);
}

static void do_pause(struct step *s)
{
	usleep(s->bytes * 1000);
}

static void do_meet(struct step *s)
{
	int generation = __atomic_load_n(&shared->generation, __ATOMIC_SEQ_CST);

	(void)s;
	if (__atomic_add_fetch(&shared->arrived, 1, __ATOMIC_SEQ_CST) == shared->meeting) {
		__atomic_store_n(&shared->arrived, 0, __ATOMIC_SEQ_CST);
		__atomic_add_fetch(&shared->generation, 1, __ATOMIC_SEQ_CST);
	}
	while (__atomic_load_n(&shared->generation, __ATOMIC_SEQ_CST) == generation)
		usleep(1000);
}

static void do_touch(struct step *s)
{
	int fd = open(s->file, O_CREAT | O_WRONLY, 0600);

	if (fd < 0)
		fail_with_errno(s->file);
	close(fd);
}

static void do_await(struct step *s)
{
	while (access(s->file, F_OK))
		usleep(2000);
}

static void do_begin(struct step *s)
{
	if (!s->running)
		s->left = s->bytes;
	s->running = s->file ? access(s->file, F_OK) : s->left-- > 0;
	if (!s->running)
		at = s->partner;
}

static void do_end(struct step *s)
{
	at = s->partner - 1;
}

/* ---- the run of an end ------------------------------------------------------------------------------------------ */

static void run_steps(void)
{
	int i;

	for (at = steps; at < steps + n_steps; at++) {
		struct step *s = at;

		if (s->all)
			s->all(s);
		for (i = 0; s->each && i < conns; i++) {
			current = &conn[i];
			s->each(s, current);
		}
		current = NULL;
	}
	at = NULL;
	for (i = 0; i < conns; i++) {
		current = &conn[i];
		if (current->fd > 0)
			do_close(NULL, current);
	}
	current = NULL;
	note("%llu bytes sent, %llu received, %llu by the stack; connections %d bypass, %d stock, %d mixed",
	     (long long)total_out, (long long)total_in, (long long)total_stack, ways[PATH_BYPASS], ways[PATH_STOCK],
	     ways[PATH_UNMIXED]);
}

static void write_file(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail_with_errno(file);
	close(fd);
}

/* Takes the end to where it belongs. */
static void enter(void)
{
	struct rlimit files = { conns + 100, conns + 100 };
	char file[128];
	int fd;

	if (netns) {
		snprintf(file, sizeof(file), "/run/netns/%s", netns);
		fd = open(file, O_RDONLY);
		if (fd < 0 || setns(fd, CLONE_NEWNET))
			fail_with_errno(file);
		close(fd);
	}
	if (cgroup) {
		snprintf(file, sizeof(file), "%s/cgroup.procs", cgroup);
		write_file(file, "0");
	}
	if (conns > 100) {
		write_file("/proc/sys/net/core/somaxconn", "16384");
		if (setrlimit(RLIMIT_NOFILE, &files))
			fail_with_errno("setrlimit");
	}
	conn = calloc(conns, sizeof(*conn));
}

static void __attribute__((noreturn)) run_end(void)
{
	struct wire wire = { 0 };
	int fd = -1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGALRM, late);
	alarm(seconds);
	enter();
	if (device) {
		fd = start_sniffing();
		read_device(&wire, -1);
	} else if (!dials) {
		start_listening();
	}
	if (write(ready, "", 1) != 1)
		fail_with_errno("pipe");
	if (device)
		sniff(fd, &wire);
	else
		run_steps();
	_exit(0);
}

/* ---- what the arguments say ------------------------------------------------------------------------------------- */

/* What follows the name of a step: b bytes[/sizes][:how], 2 bytes[/sizes] bytes, f file[:size]. */
static const struct {
	const char *name;
	void (*each)(struct step *s, struct conn *c);
	void (*all)(struct step *s);
	char takes;
} kinds[] = {
	{ "open", do_open, NULL, 0 },	    { "send", do_send, NULL, 'b' },	{ "recv", do_recv, NULL, 'b' },
	{ "both", NULL, do_both, '2' },	    { "drain", do_drain, NULL, 0 },	{ "answer", NULL, do_answer, '2' },
	{ "flood", do_flood, NULL, 'f' },   { "flooded", do_flooded, NULL, 0 },
	{ "arrived", do_arrived, NULL, 0 }, { "fill", do_fill, NULL, 'b' },	{ "queued", do_queued, NULL, 'b' },
	{ "quiet", do_quiet, NULL, 'b' },   { "eof", do_eof, NULL, 0 }, { "readeof", do_eof, NULL, 0 },		{ "gone", do_gone, NULL, 'b' },
	{ "over", do_gone, NULL, 'b' },	    { "readgone", do_gone, NULL, 'b' },	    { "info", do_info, NULL, 0 },	{ "cork", do_cork, NULL, 0 },
	{ "uncork", do_cork, NULL, 0 },	    { "shut", do_shut, NULL, 0 },	{ "close", do_close, NULL, 0 },
	{ "reset", do_close, NULL, 0 },	    { "die", NULL, do_die, 0 },		{ "pause", NULL, do_pause, 'b' },
	{ "meet", NULL, do_meet, 0 },	    { "touch", NULL, do_touch, 'f' },	{ "await", NULL, do_await, 'f' },
	{ "repeat", NULL, do_begin, 'b' },  { "until", NULL, do_begin, 'f' },	{ "end", NULL, do_end, 0 },
};

static uint64_t number(const char *text, char **end)
{
	uint64_t n = strtoull(text, end, 10);

	if (*end == text)
		fail("%s is no number", text);
	return n;
}

static int choice(const char *const *all, const char *text)
{
	int i;

	for (i = 0; all[i]; i++)
		if (!strcmp(all[i], text))
			return i;
	fail("%s is none of %s, %s...", text, all[0], all[1]);
}

static void parse_sizes(struct step *s, char *text)
{
	while (s->sizes < MAX_SIZES && (*text == '/' || *text == ',')) {
		s->size[s->sizes] = number(text + 1, &text);
		if (s->size[s->sizes] < 1 || s->size[s->sizes] > BLOCK)
			fail("%s: a size is 1 to %d", s->text, BLOCK);
		s->sizes++;
	}
	if (*text == ':')
		s->how = choice(hows, text + 1);
	else if (*text)
		fail("%s: what is %s?", s->text, text);
}

/* Takes one step from the words; returns what is left of them. */
static char **parse_step(char **words)
{
	struct step *s = &steps[n_steps++], *begin;
	unsigned int kind = 0;
	char *text;

	if (n_steps >= MAX_STEPS)
		fail("more than %d steps", MAX_STEPS - 1);
	while (kind < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[kind].name, *words))
		kind++;
	if (kind == sizeof(kinds) / sizeof(*kinds))
		fail("%s is no step", *words);
	s->text = *words++;
	s->each = kinds[kind].each;
	s->all = kinds[kind].all;
	if (kinds[kind].takes && !*words)
		fail("%s wants more", s->text);
	switch (kinds[kind].takes) {
	case 'f':
		/* Only the name of a file has slashes; a size comes after the last colon. */
		s->file = *words++;
		text = strrchr(s->file, ':');
		if (text) {
			*text = '/';
			parse_sizes(s, text);
			*text = 0;
		}
		break;
	case '2':
	case 'b':
		s->bytes = number(*words++, &text);
		parse_sizes(s, text);
		if (kinds[kind].takes == '2')
			s->answer = *words ? number(*words++, &text) : 0;
		break;
	}
	if (s->all == do_end) {
		for (begin = s - 1; begin >= steps && (begin->all != do_begin || begin->partner); begin--)
			;
		if (begin < steps)
			fail("end of what?");
		begin->partner = s;
		s->partner = begin;
	}
	return words;
}

static void parse_address(struct sockaddr_storage *address, const char *text)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *v4 = (struct sockaddr_in *)address;
	const char *colon = text ? strrchr(text, ':') : NULL;
	char host[64], *end;
	int length = colon ? colon - text : 0;

	if (!colon || length >= (int)sizeof(host))
		fail("%s is no ADDRESS:PORT", text ? text : "nothing");
	memset(address, 0, sizeof(*address));
	snprintf(host, sizeof(host), "%.*s", *text == '[' ? length - 2 : length, *text == '[' ? text + 1 : text);
	address->ss_family = *text == '[' ? AF_INET6 : AF_INET;
	*(*text == '[' ? &v6->sin6_port : &v4->sin_port) = htons(number(colon + 1, &end));
	if (inet_pton(address->ss_family, host, *text == '[' ? (void *)&v6->sin6_addr : (void *)&v4->sin_addr) != 1)
		fail("%s is no address", host);
}

/* Takes one option from the words; returns what is left of them, or NULL when it is none. */
static char **parse_option(char **words)
{
	static const struct {
		const char *name;
		bool *flag;
		int *value;
		const char **text;
	} options[] = {
		{ "at", NULL, NULL, &netns },	      { "in", NULL, NULL, &cgroup },
		{ "conns", NULL, &conns, NULL },      { "sndbuf", NULL, &sndbuf, NULL },
		{ "rcvbuf", NULL, &rcvbuf, NULL },    { "nat", &nat, NULL, NULL },
		{ "nodelay", &nodelay, NULL, NULL },  { "oobinline", &oobinline, NULL, NULL },
		{ "defer", &defer, NULL, NULL },      { "fastopen", &fastopen, NULL, NULL },
		{ "fastconnect", &fastconnect, NULL, NULL }, { "early", &early, NULL, NULL },
	};
	unsigned int i;
	char *end;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].name, words[0]))
			continue;
		if (options[i].flag) {
			*options[i].flag = true;
			return words + 1;
		}
		if (!words[1])
			break;
		if (options[i].text)
			*options[i].text = words[1];
		else
			*options[i].value = number(words[1], &end);
		return words + 2;
	}
	if (!words[1])
		return NULL;
	if (!strcmp(words[0], "key"))
		key = words[1][0];
	else if (!strcmp(words[0], "path"))
		path = choice(paths, words[1]);
	else if (!strcmp(words[0], "from"))
		parse_address(&from, words[1]);
	else
		return NULL;
	return words + 2;
}

static void parse_end(char **words)
{
	char **next;
	int i;

	while (*words && (next = parse_option(words)))
		words = next;
	if (!words[0] || !words[1])
		fail("an end listens, dials or sniffs");
	snprintf(name, sizeof(name), "%s %ss %s", netns ? netns : "here", words[0], words[1]);
	if (!strcmp(words[0], "sniff")) {
		device = words[1];
		expected = words[2];
		return;
	}
	dials = !strcmp(words[0], "dial");
	if (!dials && strcmp(words[0], "listen"))
		fail("%s is neither an option nor dial, listen, sniff", words[0]);
	parse_address(&there, words[1]);
	for (words += 2; *words;)
		words = parse_step(words);
	for (i = 0; i < n_steps; i++) {
		if (steps[i].all == do_begin && !steps[i].partner)
			fail("%s without an end", steps[i].text);
		if (steps[i].each == do_open)
			return;
	}
	memmove(steps + 1, steps, n_steps * sizeof(*steps));
	for (i = 1; i <= n_steps; i++)
		steps[i].partner += !!steps[i].partner;
	steps[0] = (struct step){ .text = "open", .each = do_open };
	n_steps++;
}

/* ---- all ends --------------------------------------------------------------------------------------------------- */

static pid_t ends[MAX_ENDS];
static bool sniffs[MAX_ENDS];
static int n_ends;

/* Starts the end and waits until it is ready for others. */
static void start_end(char **words)
{
	int pipes[2];
	char one;

	if (n_ends == MAX_ENDS || pipe(pipes))
		fail("too many ends");
	me = n_ends;
	ends[n_ends] = fork();
	if (!ends[n_ends]) {
		ready = pipes[1];
		close(pipes[0]);
		parse_end(words);
		run_end();
	}
	n_ends++;
	close(pipes[1]);
	/* One that fails before says so by its exit status. */
	if (ends[me] < 0 || read(pipes[0], &one, 1) < 0)
		fail_with_errno("fork");
	close(pipes[0]);
}

static int which(pid_t pid)
{
	int i;

	for (i = 0; i < n_ends && ends[i] != pid; i++)
		;
	return i;
}

/* Waits for all; what fails takes the others with it, but for a moment to say what they saw. */
static int wait_for_ends(void)
{
	int left = n_ends, others = 0, failed = 0, status, i;

	for (i = 0; i < n_ends; i++)
		others += !sniffs[i];
	while (left) {
		pid_t pid = waitpid(-1, &status, 0);

		if (pid < 0 && errno == EINTR) {
			for (i = 0; i < n_ends; i++)
				if (ends[i])
					kill(ends[i], SIGKILL);
			continue;
		}
		i = which(pid);
		ends[i] = 0;
		left--;
		if (status && !shared->died[i]) {
			if (!failed++)
				alarm(1);
		}
		if (!sniffs[i] && !--others)
			__atomic_store_n(&shared->over, true, __ATOMIC_SEQ_CST);
	}
	return !!failed;
}

/* Whether those who read to the end got all. */
static int check_totals(void)
{
	int k, side, failed = 0;

	for (k = 0; k < 256; k++) {
		for (side = 0; side < 2; side++) {
			uint64_t in = shared->in[k][side], out = shared->out[k][!side];

			if (!shared->drained[k][side] || in == out)
				continue;
			note("%s of key %c got %llu bytes to the end of the stream, of %llu", side ? "listeners" : "dialers", k,
			     (long long)in, (long long)out);
			failed = 1;
		}
	}
	return failed;
}

static void enough(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = enough };
	char **words, **word;
	int option;

	while ((option = getopt(argc, argv, "+p:t:")) != -1) {
		if (option == 'p')
			path = choice(paths, optarg);
		else if (option == 't')
			seconds = atoi(optarg);
		else
			fail("usage: traffic [-p bypass|stock] [-t SECONDS] END [-- END]...");
	}
	sigaction(SIGALRM, &action, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		fail_with_errno("mmap");
	/* How many ends meet must be known before the first one starts. */
	for (words = argv + optind; *words; words = word + (*word == NULL ? 0 : 1)) {
		bool sniffer = false;

		for (word = words; *word && strcmp(*word, "--"); word++)
			sniffer |= !strcmp(*word, "sniff");
		if (n_ends == MAX_ENDS)
			fail("more than %d ends", MAX_ENDS);
		sniffs[n_ends++] = sniffer;
		shared->meeting += !sniffer;
	}
	if (!n_ends)
		fail("usage: traffic [-p bypass|stock] [-t SECONDS] END [-- END]...");
	n_ends = 0;
	for (words = argv + optind; *words;) {
		for (word = words; *word && strcmp(*word, "--"); word++)
			;
		argv = *word ? word + 1 : word;
		*word = NULL;
		start_end(words);
		words = argv;
	}
	return wait_for_ends() || check_totals();
}
