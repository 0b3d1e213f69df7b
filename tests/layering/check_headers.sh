#!/usr/bin/env bash
# Every header of ours compiles alone, without warnings. Usage: check_headers.sh CXX [FLAG...]
set -u
cd "$(dirname "$0")/../.." || exit 2
export LC_ALL=C
headers=$(find analysis dicom_sr config listener testdata -name '*.h' | sort)
failed=$(printf '%s\n' "$headers" | xargs -P "$(nproc)" -I{} sh -c \
  'header=$1; shift; printf "#include \"%s\"\n" "$header" | "$@" -x c++ -std=c++20 -fsyntax-only -Wall -Wextra -Werror - || echo "FAILED $header"' \
  sh {} "$@" 2>&1)
if [ -n "$failed" ]; then
  printf '%s\n' "$failed"
  exit 1
fi
echo "$(printf '%s\n' "$headers" | wc -l) headers compile alone"
