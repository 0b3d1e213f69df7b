#!/usr/bin/env bash
# Installs the Debian packages of the named sections of config/packages.txt, if any is missing.
# Usage: install_packages.sh SECTION...      Needs root or sudo only when something has to be installed.
# Services that packages bring are installed without being started.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

packages_of() {
  awk -v wanted="[$1]" '/^#/ || NF == 0 {next} /^\[/ {inside = ($1 == wanted); next} inside {print $1}' \
    "$here/packages.txt"
}

missing=()
for section in "$@"; do
  found=$(packages_of "$section")
  [ -n "$found" ] || { echo "no section [$section] in packages.txt" >&2; exit 2; }
  for package in $found; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "root or sudo is needed to install: ${missing[*]}" >&2; exit 2; }
  as_root=(sudo)
fi
echo "installing: ${missing[*]}"

# A policy of our own keeps the new services from starting; somebody else's policy is left alone.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
"${as_root[@]}" apt-get -q update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${missing[@]}"
