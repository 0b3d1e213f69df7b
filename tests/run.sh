#!/usr/bin/env bash
# Installs what the tests need, builds, runs all tests but the slow ones; ends with ctest's closing lines.
# Usage: tests/run.sh [ctest option...]     for example: tests/run.sh -L unit
set -euo pipefail
cd "$(dirname "$0")/.."
bash config/install_packages.sh build demo test
cmake --preset release -DFOCALHIP_TESTS=ON
cmake --build --preset release
exec ctest --preset release --parallel 2 "$@"
