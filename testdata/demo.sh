#!/usr/bin/env bash
# From nothing to a report: installs, builds, simulates a hip CT, starts the node, sends the series with storescu,
# receives the results with storescp, prints the report and where the pictures are, and stops what it started.
# Usage: testdata/demo.sh [SEED]            Safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-7}
work=$PWD/build/demo
pids=()

say() { printf '\n== %s\n' "$*"; }
stop_all() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
}
trap stop_all EXIT

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local tries=$(($1 * 5))
  shift
  while ! "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.2
  done
}

say "1/6 packages"
bash config/install_packages.sh build demo

say "2/6 build"
[ -e build/build.ninja ] || cmake --preset release -DFOCALHIP_TESTS=OFF
cmake --build --preset release --target focalhip focalhip-simulate

say "3/6 simulate a hip CT with calibration phantom (seed $seed)"
rm -rf "$work"
mkdir -p "$work/received" "$work/data"
build/focalhip-simulate --out "$work/scan" --seed "$seed"

say "4/6 start the receiver of the results and the node"
start_sink() {
  sink_port=$((20000 + RANDOM % 20000))
  storescp -aet CTSCANNER -od "$work/received" --unique-filenames "$sink_port" >"$work/storescp.log" 2>&1 &
  sink_pid=$!
  wait_for 5 echoscu -q -aec CTSCANNER 127.0.0.1 "$sink_port" 2>/dev/null && kill -0 "$sink_pid" 2>/dev/null
}
for _ in 1 2 3 4 5; do start_sink && break; done
pids+=("$sink_pid")
cat >"$work/focalhip.toml" <<TOML
[node]
ae_title = "FOCALHIP"
bind = "127.0.0.1"
port = 0
data_folder = "data"

[series]
quiet_seconds = 5

[[peer]]
ae_title = "CTSCANNER"
host = "127.0.0.1"
port = $sink_port
TOML
build/focalhip listen --config "$work/focalhip.toml" >"$work/node.out" 2>"$work/node.log" &
pids+=("$!")
wait_for 20 grep -q '^ready port=' "$work/node.out" || { cat "$work/node.log" >&2; exit 1; }
node_port=$(sed -n 's/^ready port=//p' "$work/node.out")
echo "node listens on port $node_port, results return to port $sink_port"

say "5/6 send the series, wait for the report"
storescu -aet CTSCANNER -aec FOCALHIP +sd 127.0.0.1 "$node_port" "$work/scan/dicom"
# The SR is sent last: when it is there, everything is there.
find_report() { report=$(find "$work/received" -type f -name 'SR*' -print -quit) && [ -n "$report" ]; }
wait_for 180 find_report || { echo "no report arrived" >&2; tail -20 "$work/node.log" >&2; exit 1; }
sleep 0.5

say "6/6 the report"
dsrdump -q +Pl +Pc "$report" 2>/dev/null
pictures=()
for object in $(find "$work/received" -type f -name 'SC*' | sort); do
  picture=$work/$(basename "$object" | tr -c 'A-Za-z0-9.\n' '_').png
  dcm2pnm -q --nointerlace --write-png "$object" "$picture" && pictures+=("$picture")
done

# The truth of the simulation beside what was measured: TH vBMD, right and left, mg/cm3 K2HPO4.
measured_of() {
  dsrdump -q "$report" 2>/dev/null | awk -v id="\"$1-TH\"" '
    index($0, "Tracking Identifier") {inside = index($0, id) > 0}
    inside && index($0, "Volumetric bone mineral density") && !found {
      split($0, part, "=\""); sub(/".*/, "", part[2]); print part[2]; found = 1 }'
}
truth_of() {
  awk -v side="\"$1\": {" 'index($0, side) {inside = 1} inside && index($0, "\"TH\": {") {total_hip = 1}
    inside && total_hip && index($0, "\"vbmd_mg_cm3\"") {gsub(/[^0-9.]/, "", $2); print $2; exit}' "$work/scan/truth.json"
}
status=0
echo
for side in right left; do
  letter=$(printf '%s' "$side" | cut -c1 | tr rl RL)
  measured=$(measured_of "$letter")
  awk -v side="$side" -v m="${measured:-nan}" -v t="$(truth_of "$side")" 'BEGIN {
    error = 100 * (m - t) / t
    printf "total hip vBMD, %-5s  measured %6.1f   simulated truth %6.1f mg/cm3   difference %+.1f %%\n", side, m, t, error
    exit !(error > -5 && error < 5) }' || status=1
done
echo "report:  $report"
printf 'picture: %s\n' "${pictures[@]}"
[ "${#pictures[@]}" -gt 0 ] || status=1
exit "$status"
