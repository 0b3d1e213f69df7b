#include "analysis/side/choose_side.h"

namespace focalhip {

SideChoiceReport choose_side(const CtVolume& ct,
                             const std::array<FemurOutcome, 2>& femora,
                             const std::array<bool, 2>& measurable,
                             const SideRequest& request,
                             const SideOptions& options) {
  SideChoiceReport report{
      .request = request, .evidence = examine_sides(ct, femora), .signs = {}, .decision = {}};
  const std::array<JudgedSide, 2> judged = judge_sides(report.evidence, options);
  std::array<SideFinding, 2> finding;
  for (std::size_t side = 0; side < 2; ++side) {
    report.signs[side] = judged[side].signs;
    finding[side] = judged[side].finding;
    if (measurable[side]) continue;
    finding[side].outlined = false;
    const bool seen_whole =
        finding[side].state == SideState::ok || finding[side].state == SideState::suspicious;
    if (seen_whole) finding[side].state = SideState::not_measurable;
  }
  report.decision = decide_side(finding, request);
  return report;
}

}  // namespace focalhip
