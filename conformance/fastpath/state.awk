# SPDX-License-Identifier: Apache-2.0
#
# awk -f state.awk LABEL [KEY=VALUE...] /proc/net/kube_ovn_fastpath
#
# Compares what the module says with what is wanted: keys are mode, role, ... and hook.family.reason; the value `+` is
# any but 0. Prints what it found as one line and fails when it differs, or when `seen` is not the sum of the reasons.
# Without wanted keys it prints all of them as the elements of a shell array.
BEGIN {
  label = ARGV[1]
  ARGV[1] = ""
  for (i = 2; i < ARGC - 1; i++) {
    at = index(ARGV[i], "=")
    key[++keys] = substr(ARGV[i], 1, at - 1)
    wanted[keys] = substr(ARGV[i], at + 1)
    ARGV[i] = ""
  }
}

NF == 2 { value[$1] = $2 }

$3 == "seen" {
  sum = 0
  for (i = 3; i < NF; i += 2) {
    value[$1 "." $2 "." $i] = $(i + 1)
    if (i > 3) sum += $(i + 1)
  }
  if (sum != $4) wrong = wrong "; seen is not the sum of the reasons: " $0
}

END {
  for (i = 1; i <= keys; i++) {
    found = key[i] in value ? value[key[i]] : "(missing)"
    line = line " " key[i] "=" found
    if (wanted[i] == "+" ? found + 0 == 0 : found "" != wanted[i] "") {
      line = line "(wanted " wanted[i] ")"
      differs = 1
    }
  }
  if (!keys) for (name in value) line = line "[" name "]=" value[name] " "
  print (keys ? label ":" : "") line wrong
  exit differs || wrong != "" || !("role" in value)
}
