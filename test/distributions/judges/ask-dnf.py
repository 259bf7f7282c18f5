#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what dnf would download to install the packages that each argument names, on a system that has none, without
recommended ones: their paths below /judged, and an empty line after each. Its repositories come as directories below
/judged on standard input. It does what `dnf download --resolve --url` does, for many at once and within one process."""

import sys

import dnf
import dnf.subject

base = dnf.Base()
base.conf.cachedir = "/tmp/cache"
base.conf.installroot = "/tmp/root"
base.conf.logdir = "/tmp"
base.conf.persistdir = "/tmp/persist"
base.conf.substitutions["releasever"] = "9"
for number, directory in enumerate(sys.stdin.read().split()):
    base.repos.add_new_repo(f"judged-{number}", base.conf, baseurl=[f"file:///judged/{directory}"])
base.fill_sack(load_system_repo=False)

for names in sys.argv[1:]:
    goal = dnf.goal.Goal(base.sack)
    for name in names.split():
        goal.install(select=dnf.subject.Subject(name).get_best_selector(base.sack))
    if not goal.run(ignore_weak_deps=True):
        sys.exit(f"{names}: {goal.problem_rules()}")
    for package in goal.list_installs():
        print(package.remote_location().removeprefix("file:///judged/"))
    print()
