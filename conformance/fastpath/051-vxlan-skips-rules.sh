#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# VXLAN packets between two nodes skip the rules of both, over IPv4 and IPv6; what is inside does not.
. ./fastpath.sh

tunnel_skips vxlan 4789
