// SPDX-License-Identifier: GPL-2.0
/* For Linux 5.15 and later: programs of these types can ask for the cookie of the network namespace. */
#define FLOWS_IN_SOCKETS
#define NETNS_COOKIE
#define MESSAGE_SIZE(msg) FIELD(msg, size)
#include "programs.h"
