// SPDX-License-Identifier: GPL-2.0
/* For Linux 5.8 and later: programs of these types can use storage of sockets. */
#define FLOWS_IN_SOCKETS
#define MESSAGE_SIZE(msg) FIELD(msg, size)
#include "programs.h"
