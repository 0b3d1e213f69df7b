#include "analysis/calibration/recognise_phantom.h"

#include <algorithm>
#include <optional>
#include <string>

#include "analysis/calibration/choose_rods.h"
#include "analysis/calibration/find_row.h"
#include "analysis/support/expects.h"
#include "analysis/support/format_number.h"

namespace focalhip {

namespace {

constexpr double clearly_better = 0.5;  // of the runner-up's residual [science qct 2.3]

// All that was made of the same rods.
struct RowVerdict {
  RodRow row;
  std::vector<RecognisedPhantom> readings;  // best first
  std::vector<NotMeasured> objections;

  [[nodiscard]] bool fits() const { return !readings.empty() && readings.front().identity.is_explained; }
};

void read_as(const RodRow& row, const MeasuredRow& measured, const Phantom& phantom, RowVerdict& verdict) {
  try {
    const RodIdentity identity = identify_rods(hu_of_places(measured), phantom);
    verdict.readings.push_back({.phantom = phantom, .row = row, .measured = measured, .identity = identity});
  } catch (const Refusal& refusal) {
    verdict.objections.push_back(refusal.not_measured());
  }
}

// The row with one place more at its front or back, where the seen rods put it.
RodRow extended(const RodRow& row, bool front) {
  std::vector<std::optional<Eigen::Vector2d>> centres;
  for (const RodRow::Place& place : row.places) centres.emplace_back(place.centre_mm);
  const double index = front ? -1.0 : static_cast<double>(centres.size());
  RodRow longer = row;
  longer.places.insert(front ? longer.places.begin() : longer.places.end(),
                       {.centre_mm = expected_place_mm(centres, index), .seen = false});
  return longer;
}

// Of phantoms of four and more rods the seen ones tell which are missing. Of three every one is needed: the
// hidden one, which looks like the holder, is read where it must stand, on either side.
std::vector<RodRow> complete_rows(const FoundPhantomRow& found) {
  const bool is_short = found.row.places.size() < std::min(found.rods, least_rods_judged);
  if (!is_short) return {found.row};
  return {extended(found.row, true), extended(found.row, false)};
}

void read_row(const CtVolume& ct,
              const FoundPhantomRow& found,
              const std::vector<Phantom>& phantoms,
              RowVerdict& verdict) {
  try {
    for (const RodRow& row : complete_rows(found)) {
      const MeasuredRow measured = measure_rods(ct, row, {});
      for (const Phantom& phantom : phantoms) {
        if (phantom.rods.size() == found.rods) read_as(row, measured, phantom, verdict);
      }
    }
  } catch (const Refusal& refusal) {
    verdict.objections.push_back(refusal.not_measured());
  }
}

RowVerdict& verdict_on(const RodRow& row, std::vector<RowVerdict>& verdicts) {
  const auto known = std::ranges::find_if(
      verdicts, [&](const RowVerdict& verdict) { return are_same_rods(verdict.row, row); });
  if (known != verdicts.end()) return *known;
  verdicts.push_back({.row = row, .readings = {}, .objections = {}});
  return verdicts.back();
}

// What explains the rods comes before what merely comes close.
void sort_best_first(RowVerdict& verdict) {
  std::ranges::stable_sort(verdict.readings, [](const RecognisedPhantom& a, const RecognisedPhantom& b) {
    if (a.identity.is_explained != b.identity.is_explained) return a.identity.is_explained;
    return a.identity.residual_sd_hu < b.identity.residual_sd_hu;
  });
}

void refuse_two_phantoms(const RowVerdict& verdict) {
  // What fits none of them is judged by its own residuals.
  if (verdict.readings.empty() || !verdict.fits()) return;
  const RecognisedPhantom& best = verdict.readings[0];
  for (std::size_t i = 1; i < verdict.readings.size(); ++i) {
    const RecognisedPhantom& other = verdict.readings[i];
    if (!other.identity.is_possible) continue;
    if (best.identity.residual_sd_hu <= clearly_better * other.identity.residual_sd_hu) continue;
    throw Refusal(RefusalCode::phantom_ambiguous,
                  "the rods read almost equally well as " + best.phantom.name + " (" +
                      fixed(best.identity.residual_sd_hu, 1) + " HU) and as " + other.phantom.name + " (" +
                      fixed(other.identity.residual_sd_hu, 1) + " HU)");
  }
}

// Rods that one phantom explains in an order that is not its own are no matter of residuals of the others.
void refuse_by_objection(const RowVerdict& verdict) {
  const auto ambiguous =
      std::ranges::find(verdict.objections, RefusalCode::phantom_ambiguous, &NotMeasured::code);
  if (ambiguous != verdict.objections.end()) throw Refusal(ambiguous->code, ambiguous->detail);
  if (!verdict.readings.empty()) return;
  throw Refusal(verdict.objections.front().code, verdict.objections.front().detail);
}

const RowVerdict& chosen(const std::vector<RowVerdict>& verdicts) {
  const auto fitting =
      std::ranges::count_if(verdicts, [](const RowVerdict& verdict) { return verdict.fits(); });
  if (fitting > 1) {
    throw Refusal(RefusalCode::phantom_ambiguous,
                  std::to_string(fitting) + " phantoms that fit lie in the field of view");
  }
  const auto best = std::ranges::find_if(verdicts, [&](const RowVerdict& verdict) {
    return fitting > 0 ? verdict.fits() : !verdict.readings.empty();
  });
  return best == verdicts.end() ? verdicts.front() : *best;
}

}  // namespace

RecognisedPhantom recognise_phantom(const CtVolume& ct,
                                    const std::vector<FoundPhantomRow>& rows,
                                    const std::vector<Phantom>& phantoms) {
  expects(!rows.empty(), "a row of rods");
  std::vector<RowVerdict> verdicts;
  for (const FoundPhantomRow& found : rows) {
    read_row(ct, found, phantoms, verdict_on(found.row, verdicts));
  }
  for (RowVerdict& verdict : verdicts) sort_best_first(verdict);
  const RowVerdict& verdict = chosen(verdicts);
  if (!verdict.fits()) refuse_by_objection(verdict);
  refuse_two_phantoms(verdict);
  return verdict.readings.front();
}

}  // namespace focalhip
