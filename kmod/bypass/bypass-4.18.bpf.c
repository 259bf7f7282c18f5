// SPDX-License-Identifier: GPL-2.0
/* For Linux 4.18 and later, and for kernels without type information of their own. */
#define MESSAGE_SIZE(msg) ((__u32)((long)(msg)->data_end - (long)(msg)->data))
#include "programs.h"
