#include "tests/proof/trap_rows.h"

#include <algorithm>
#include <iostream>

#include "listener/support/log.h"
#include "tests/proof/trap_reading.h"

namespace focalhip::proof {

namespace {

constexpr std::uint64_t first_trap_seed = 910000;  // fixed before the first run

struct Count {
  int tried = 0;
  int correct = 0;
  int sides_seen = 0;
  int wrong_sides = 0;

  void add(const Count& other) {
    tried += other.tried;
    correct += other.correct;
    sides_seen += other.sides_seen;
    wrong_sides += other.wrong_sides;
  }
};

void add(const Trap& trap, const TrapOutcome& outcome, Count& count) {
  ++count.tried;
  if (outcome.is_correct) ++count.correct;
  if (outcome.sides_seen) ++count.sides_seen;
  if (outcome.is_wrong_side) ++count.wrong_sides;
  if (!outcome.is_correct) std::cerr << "trap " << trap.name << ": " << outcome.said << '\n';
}

// One scan at a time is held beside the supine one.
void run_person(std::uint64_t seed, int threads, const std::vector<Trap>& traps, std::vector<Count>& counts) {
  const TrapScan supine = scan_for_traps(ScanKind::supine, seed, threads);
  for (const ScanKind kind : {ScanKind::supine, ScanKind::prone, ScanKind::tilted, ScanKind::sheared}) {
    const TrapScan other = kind == ScanKind::supine ? TrapScan{} : scan_for_traps(kind, seed, threads);
    const TrapScan& scan = kind == ScanKind::supine ? supine : other;
    for (std::size_t i = 0; i < traps.size(); ++i) {
      if (traps[i].kind == kind) add(traps[i], run_trap(traps[i], scan, supine.scan, threads), counts[i]);
    }
  }
}

std::string expectation(const Trap& trap) {
  return trap.refused ? std::string(code_string(*trap.refused)) : "read";
}

void print_sums(ProofTable& table, const std::string& of, const Count& count) {
  table.rate("trap set" + of + ", correct or refused with the right code", count.correct, count.tried, 1.0);
  table.none("wrong-side results" + of, count.wrong_sides, count.tried);
}

}  // namespace

void prove_traps(ProofTable& table, const ProofSize& size) {
  silence_dcmtk_log();
  const std::vector<Trap> traps = all_traps();
  std::vector<Count> counts(traps.size());
  const int persons = std::max(1, size.series / 100);
  for (int person = 0; person < persons; ++person) {
    run_person(first_trap_seed + static_cast<std::uint64_t>(person), size.threads, traps, counts);
  }
  Count possible;
  Count all;
  for (std::size_t i = 0; i < traps.size(); ++i) {
    const Trap& trap = traps[i];
    const std::string why = trap.impossible.empty() ? "" : " (" + trap.impossible + ")";
    table.rate(
        "trap: " + trap.name + why + ": " + expectation(trap), counts[i].correct, counts[i].tried, 1.0);
    all.add(counts[i]);
    if (trap.impossible.empty()) possible.add(counts[i]);
  }
  table.told("volumes whose sides were looked at", std::to_string(all.sides_seen));
  print_sums(table, "", all);
  print_sums(table, " without what is impossible", possible);
}

}  // namespace focalhip::proof
