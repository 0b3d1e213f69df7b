#!/usr/bin/env bash
# Every C++ file stands as clang-format 14 would write it. Usage: check_format.sh CLANG_FORMAT
set -u
cd "$(dirname "$0")/../.." || exit 2
if [ -z "${1:-}" ] || ! [ -x "$1" ]; then
  echo "clang-format not installed: skipped"
  exit 77
fi
find analysis dicom_sr config listener testdata tests \( -name '*.h' -o -name '*.cpp' \) -print0 |
  xargs -0 "$1" --dry-run --Werror 2>&1 | grep -E 'error:' | sort | uniq -c | sort -rn | head -20
status=("${PIPESTATUS[@]}")
[ "${status[1]}" -eq 0 ] && echo "formatting holds"
exit "$([ "${status[1]}" -eq 0 ] && echo 0 || echo 1)"
