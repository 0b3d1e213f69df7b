#!/usr/bin/env bash
# The program links neither FFTW nor GDCM directly, and never the simulator. Usage: check_links.sh PROGRAM
set -u
needed=$(readelf -d "$1" | grep NEEDED) || { echo "cannot read $1"; exit 2; }
if printf '%s\n' "$needed" | grep -iE 'fftw|gdcm'; then
  echo "a library that must not be linked directly"
  exit 1
fi
if nm -C "$1" 2>/dev/null | grep -q 'focalhip::simulator'; then
  echo "the simulator is linked into the product"
  exit 1
fi
echo "links are clean"
