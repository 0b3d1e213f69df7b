#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "listener/series/volume_candidates.h"

namespace focalhip {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* ct_image = "1.2.840.10008.5.1.4.1.1.2";

// A slice as a scanner sends it: supine, head first, 120 kVp, soft kernel.
ScannedInstance slice(const std::string& series, int index, double z_mm) {
  ScannedInstance instance;
  instance.file = series + "-" + std::to_string(index);
  instance.transfer_syntax_uid = "1.2.840.10008.1.2.1";
  instance.sop_class_uid = ct_image;
  instance.sop_instance_uid = series + "." + std::to_string(1000 + index);
  instance.series_instance_uid = series;
  instance.frame_of_reference_uid = "1.9";
  instance.modality = "CT";
  instance.image_type = {"ORIGINAL", "PRIMARY", "AXIAL"};
  instance.convolution_kernel = "FC13";
  instance.photometric_interpretation = "MONOCHROME2";
  instance.rows = 512;
  instance.columns = 512;
  instance.samples_per_pixel = 1;
  instance.series_number = 3;
  instance.acquisition_number = 1;
  instance.kvp = 120.0;
  instance.slice_thickness_mm = 1.0;
  instance.pixel_spacing_mm = {0.977, 0.977};
  instance.position_patient_mm = {-250.0, -250.0, z_mm};
  instance.orientation_patient = {1, 0, 0, 0, 1, 0};
  instance.pixel_digest = series + "/" + std::to_string(index);
  return instance;
}

std::vector<ScannedInstance> stack(const std::string& series, int count, double spacing_mm) {
  std::vector<ScannedInstance> slices;
  for (int i = 0; i < count; ++i) {
    slices.push_back(slice(series, i, 100.0 + spacing_mm * i));
    slices.back().slice_thickness_mm = spacing_mm;
  }
  return slices;
}

void append(std::vector<ScannedInstance>& to, const std::vector<ScannedInstance>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

std::vector<double> heights(const VolumeCandidate& candidate) {
  std::vector<double> z;
  for (const ScannedInstance& s : candidate.slices) z.push_back((*s.position_patient_mm)[2]);
  return z;
}

RefusalCode problem_code(const std::vector<ScannedInstance>& instances) {
  const StudyVolumes volumes = group_volumes(instances);
  if (volumes.candidates.empty() || !volumes.candidates.front().problem) {
    ADD_FAILURE() << "no problem found";
    return RefusalCode::processing_failed;
  }
  return volumes.candidates.front().problem->code;
}

TEST(GroupVolumes, SortsACompleteSeriesCaudalToCranial) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  std::shuffle(slices.begin(), slices.end(), std::mt19937(1));
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 1U);
  const VolumeCandidate& candidate = volumes.candidates[0];
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_TRUE(candidate.geometrically_complete);
  EXPECT_DOUBLE_EQ(candidate.slice_spacing_mm, 1.0);
  EXPECT_DOUBLE_EQ(candidate.extent_mm, 119.0);
  EXPECT_EQ(candidate.grade, Grade::a);
  EXPECT_EQ(heights(candidate).front(), 100.0);
  EXPECT_TRUE(std::ranges::is_sorted(heights(candidate)));
  EXPECT_THAT(candidate.notes, IsEmpty());
}

TEST(GroupVolumes, DoesNotDependOnTheOrderOfArrival) {
  std::vector<ScannedInstance> slices = stack("1.1", 60, 2.0);
  append(slices, stack("1.2", 120, 1.0));
  const StudyVolumes first = group_volumes(slices);
  std::ranges::reverse(slices);
  const StudyVolumes second = group_volumes(slices);
  ASSERT_EQ(first.candidates.size(), 2U);
  EXPECT_EQ(first.candidates[0].content_digest, second.candidates[0].content_digest);
  EXPECT_EQ(first.candidates[0].series_instance_uid, "1.2");
  EXPECT_EQ(second.candidates[0].series_instance_uid, "1.2");
  EXPECT_EQ(first.other_series(), second.other_series());
}

TEST(GroupVolumes, DigestFollowsThePixelsOfTheSlices) {
  std::vector<ScannedInstance> slices = stack("1.1", 60, 2.0);
  const std::string before = group_volumes(slices).candidates[0].content_digest;
  slices[30].pixel_digest = "other";
  const std::string after = group_volumes(slices).candidates[0].content_digest;
  EXPECT_NE(before, after);
  EXPECT_EQ(before.size(), 64U);
  slices[30].pixel_digest.clear();
  EXPECT_EQ(group_volumes(slices).candidates[0].content_digest, "");
}

TEST(GroupVolumes, OrdersByGeometryWhenTheImageNormalPointsDown) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  for (ScannedInstance& s : slices)
    s.orientation_patient = {-1, 0, 0, 0, 1, 0};  // feet first: normal points down
  const VolumeCandidate candidate = group_volumes(slices).candidates.at(0);
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_TRUE(std::ranges::is_sorted(heights(candidate)));
}

TEST(GroupVolumes, NamesMissingSlices) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  slices.erase(slices.begin() + 40, slices.begin() + 42);
  const VolumeCandidate candidate = group_volumes(slices).candidates.at(0);
  ASSERT_TRUE(candidate.problem.has_value());
  EXPECT_EQ(candidate.problem->code, RefusalCode::geometry);
  EXPECT_THAT(candidate.problem->detail, HasSubstr("2 slices missing, largest gap 3.00 mm"));
  EXPECT_FALSE(candidate.geometrically_complete);
}

TEST(GroupVolumes, ToleratesOnePerCentOfSpacingAndNoMore) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  (*slices[50].position_patient_mm)[2] += 0.009;
  EXPECT_FALSE(group_volumes(slices).candidates.at(0).problem.has_value());
  (*slices[50].position_patient_mm)[2] += 0.011;
  EXPECT_EQ(problem_code(slices), RefusalCode::geometry);
}

TEST(GroupVolumes, KeepsAnIncompleteSeriesButDoesNotCallItComplete) {
  const VolumeCandidate candidate = group_volumes(stack("1.1", 105, 1.0)).candidates.at(0);
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_FALSE(candidate.geometrically_complete);
}

TEST(GroupVolumes, RefusesASingleSliceAndAShortStack) {
  EXPECT_EQ(problem_code(stack("1.1", 1, 1.0)), RefusalCode::geometry);
  EXPECT_EQ(problem_code(stack("1.1", 20, 1.0)), RefusalCode::coverage);
}

// Slices that move sideways by this much per mm: the tangent of the gantry's tilt.
std::vector<ScannedInstance> sheared_stack(double sideways_per_mm) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  for (std::size_t i = 0; i < slices.size(); ++i)
    (*slices[i].position_patient_mm)[1] += sideways_per_mm * static_cast<double>(i);
  return slices;
}

TEST(GroupVolumes, ATiltedGantryIsMendedAndGradedB) {
  const VolumeCandidate candidate = group_volumes(sheared_stack(0.2)).candidates.at(0);  // 11.3 degrees
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_EQ(candidate.grade, Grade::b);
  EXPECT_EQ(group_volumes(sheared_stack(0.005)).candidates.at(0).grade, Grade::a);  // 0.3 degrees: ignored
}

TEST(GroupVolumes, RefusesATiltBeyondThirtyDegrees) {
  EXPECT_FALSE(group_volumes(sheared_stack(0.57)).candidates.at(0).problem.has_value());  // 29.7 degrees
  const StudyVolumes volumes = group_volumes(sheared_stack(0.59));                        // 30.5 degrees
  ASSERT_TRUE(volumes.candidates.at(0).problem.has_value());
  EXPECT_EQ(volumes.candidates[0].problem->code, RefusalCode::geometry);
  EXPECT_THAT(volumes.candidates[0].problem->detail, HasSubstr("tilted or shifted by 30.5 degrees"));
}

// A tilted gantry turns the image plane; 28 degrees are beyond what counts as axial without its tag.
TEST(GroupVolumes, TakesATiltNamedInTheHeaderForAxial) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  const double cosine = std::cos(28.0 * std::numbers::pi / 180.0);
  const double sine = std::sin(28.0 * std::numbers::pi / 180.0);
  for (ScannedInstance& s : slices) s.orientation_patient = {1, 0, 0, 0, cosine, -sine};
  EXPECT_THAT(group_volumes(slices).candidates, IsEmpty());
  for (ScannedInstance& s : slices) s.gantry_tilt_deg = 28.0;
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 1U);
  EXPECT_FALSE(volumes.candidates[0].problem.has_value());
}

TEST(GroupVolumes, OneMissingSliceIsMendedButNotComplete) {
  std::vector<ScannedInstance> slices = stack("1.1", 121, 1.0);
  slices.erase(slices.begin() + 40);
  const VolumeCandidate candidate = group_volumes(slices).candidates.at(0);
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_EQ(candidate.grade, Grade::b);
  EXPECT_FALSE(candidate.geometrically_complete);  // it may still arrive
}

TEST(GroupVolumes, TwoIsolatedMissingSlicesAreMendedThreeAreNot) {
  std::vector<ScannedInstance> slices = stack("1.1", 130, 1.0);
  slices.erase(slices.begin() + 100);
  slices.erase(slices.begin() + 40);
  EXPECT_FALSE(group_volumes(slices).candidates.at(0).problem.has_value());
  slices.erase(slices.begin() + 70);
  EXPECT_EQ(problem_code(slices), RefusalCode::geometry);
}

TEST(GroupVolumes, RefusesGapsSideBySide) {
  std::vector<ScannedInstance> slices = stack("1.1", 130, 1.0);
  slices.erase(slices.begin() + 42);
  slices.erase(slices.begin() + 40);  // 39, 41, 43: one slice alone between two gaps
  EXPECT_EQ(problem_code(slices), RefusalCode::geometry);
}

// Two acquisitions at the same places under one series and one acquisition number, told apart by time.
std::vector<ScannedInstance> two_passes(std::string ScannedInstance::*time) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  std::vector<ScannedInstance> second = stack("1.1", 120, 1.0);
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const std::string seconds = std::to_string(100 + i);  // every slice has a time of its own
    slices[i].*time =
        "20260102"
        "1001" +
        seconds;
    second[i].*time =
        "20260102"
        "1005" +
        seconds;
    second[i].sop_instance_uid += ".2";
    second[i].pixel_digest += "'";
  }
  append(slices, second);
  return slices;
}

TEST(GroupVolumes, SeparatesPassesByAcquisitionTimeOrContentTime) {
  for (const auto time : {&ScannedInstance::acquisition_date_time, &ScannedInstance::content_date_time}) {
    const StudyVolumes volumes = group_volumes(two_passes(time));
    ASSERT_EQ(volumes.candidates.size(), 2U);
    for (const VolumeCandidate& candidate : volumes.candidates) {
      EXPECT_FALSE(candidate.problem.has_value());
      const std::string minute = (candidate.slices.front().*time).substr(8, 4);
      for (const ScannedInstance& s : candidate.slices) EXPECT_EQ((s.*time).substr(8, 4), minute);
    }
  }
}

TEST(GroupVolumes, SeparatesThreePasses) {
  std::vector<ScannedInstance> slices = two_passes(&ScannedInstance::acquisition_date_time);
  for (std::size_t i = 0; i < 120; ++i) {
    slices.push_back(slices[i]);
    slices.back().acquisition_date_time = "202601021009" + std::to_string(100 + i);
    slices.back().sop_instance_uid += ".3";
    slices.back().pixel_digest += "''";
  }
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 3U);
  for (const VolumeCandidate& candidate : volumes.candidates) EXPECT_FALSE(candidate.problem.has_value());
}

TEST(GroupVolumes, RefusesPassesThatNothingTellsApart) {
  std::vector<ScannedInstance> slices = two_passes(&ScannedInstance::acquisition_date_time);
  for (ScannedInstance& s : slices) s.acquisition_date_time = "20260102100000";
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 1U);
  ASSERT_TRUE(volumes.candidates[0].problem.has_value());
  EXPECT_EQ(volumes.candidates[0].problem->code, RefusalCode::geometry);
}

// Reconstruction overlap is normal: slices thicker than their distance. [science: qct 1.2]
TEST(GroupVolumes, ThicknessAboveTheSpacingIsNoOverlap) {
  std::vector<ScannedInstance> slices = stack("1.1", 150, 0.8);
  for (ScannedInstance& s : slices) s.slice_thickness_mm = 1.0;
  const VolumeCandidate candidate = group_volumes(slices).candidates.at(0);
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_EQ(candidate.grade, Grade::a);
}

TEST(GroupVolumes, SplitsWhereTheFieldOfViewMoves) {
  std::vector<ScannedInstance> slices = stack("1.1", 200, 1.0);
  for (std::size_t i = 130; i < slices.size(); ++i) (*slices[i].position_patient_mm)[0] += 20.0;
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 2U);
  EXPECT_EQ(volumes.candidates[0].slices.size(), 130U);
  EXPECT_EQ(volumes.candidates[1].slices.size(), 70U);
  EXPECT_FALSE(volumes.candidates[0].problem.has_value());
}

// Thin slices, then thick ones further up, all of one acquisition: irregular, not two volumes.
TEST(GroupVolumes, AThicknessThatChangesOnTheWayIsIrregular) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  for (int i = 0; i < 30; ++i) {
    slices.push_back(slice("1.1", 200 + i, 222.0 + 3.0 * i));
    slices.back().slice_thickness_mm = 3.0;
  }
  ASSERT_EQ(group_volumes(slices).candidates.size(), 1U);
  EXPECT_EQ(problem_code(slices), RefusalCode::geometry);
  for (std::size_t i = 120; i < slices.size(); ++i) slices[i].acquisition_number = 2;  // two scans
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 2U);
  EXPECT_FALSE(volumes.candidates[0].problem.has_value());
}

TEST(GroupVolumes, SplitsWherePixelsOrPatientPositionChange) {
  std::vector<ScannedInstance> pixels = stack("1.1", 240, 1.0);
  std::vector<ScannedInstance> positions = pixels;
  for (std::size_t i = 120; i < 240; ++i) {
    pixels[i].pixel_spacing_mm = {0.7, 0.7};
    positions[i].patient_position = "FFS";
  }
  EXPECT_EQ(group_volumes(pixels).candidates.size(), 2U);
  EXPECT_EQ(group_volumes(positions).candidates.size(), 2U);
}

TEST(GroupVolumes, RefusesVirtualEnergiesByName) {
  for (const char* description : {"Hip MONO 70 keV", "MonoE_55KEV", "GSI 140keV"}) {
    std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
    for (ScannedInstance& s : slices) s.series_description = description;
    EXPECT_EQ(problem_code(slices), RefusalCode::not_hu) << description;
  }
  for (const char* description : {"Hip 120 kV", "keVin's protocol", "Monotone", "1.0 Br40 120kV"}) {
    std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
    for (ScannedInstance& s : slices) s.series_description = description;
    EXPECT_FALSE(group_volumes(slices).candidates.at(0).problem.has_value()) << description;
  }
}

TEST(GroupVolumes, RefusesJpeg2000ByCodeBeforeAnythingElse) {
  std::vector<ScannedInstance> slices = stack("1.1", 1, 1.0);
  slices[0].transfer_syntax_uid = "1.2.840.10008.1.2.4.90";
  EXPECT_EQ(problem_code(slices), RefusalCode::unsupported_syntax);
}

// A study as it comes from the scanner: thick, thin, sharp, coronal, localizer, dose report, screen picture.
TEST(GroupVolumes, ChoosesTheThinSoftAxialSeriesOfAMixedStudyAndNamesTheRest) {
  std::vector<ScannedInstance> study = stack("1.3", 120, 1.0);  // the one
  const auto add = [&](const std::string& uid, int number, int count, double spacing_mm, const auto& change) {
    std::vector<ScannedInstance> series = stack(uid, count, spacing_mm);
    for (ScannedInstance& s : series) {
      s.series_number = number;
      change(s);
    }
    append(study, series);
  };
  add("1.2", 2, 40, 3.0, [](ScannedInstance&) {});
  add("1.4", 4, 120, 1.0, [](ScannedInstance& s) { s.convolution_kernel = "FC81"; });
  add("1.5", 5, 60, 2.0, [](ScannedInstance& s) { s.orientation_patient = {1, 0, 0, 0, 0, -1}; });
  add("1.6", 1, 1, 1.0, [](ScannedInstance& s) { s.image_type = {"ORIGINAL", "PRIMARY", "LOCALIZER"}; });
  add("1.7", 501, 1, 1.0, [](ScannedInstance& s) { s.sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.67"; });
  add("1.8", 502, 1, 1.0, [](ScannedInstance& s) { s.sop_class_uid = "1.2.840.10008.5.1.4.1.1.7"; });
  std::shuffle(study.begin(), study.end(), std::mt19937(7));
  const StudyVolumes volumes = group_volumes(study);
  ASSERT_EQ(volumes.candidates.size(), 3U);
  EXPECT_EQ(volumes.candidates[0].series_instance_uid, "1.3");
  EXPECT_FALSE(volumes.candidates[0].problem.has_value());
  const std::vector<std::string> others = volumes.other_series();
  EXPECT_THAT(others, testing::UnorderedElementsAre(HasSubstr("series 2 "), HasSubstr("series 4 ")));
  EXPECT_THAT(volumes.ignored,
              testing::UnorderedElementsAre(HasSubstr("localizer"),
                                            HasSubstr("not axial"),
                                            HasSubstr("dose report"),
                                            HasSubstr("secondary capture")));
}

TEST(GroupVolumes, RefusesASliceShiftedSideways) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  (*slices[60].position_patient_mm)[0] += 5.0;
  EXPECT_EQ(problem_code(slices), RefusalCode::geometry);
}

TEST(GroupVolumes, DropsCopiesUnderAnotherUidWithANote) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  ScannedInstance copy = slices[10];
  copy.sop_instance_uid += ".9";
  slices.push_back(copy);
  const VolumeCandidate candidate = group_volumes(slices).candidates.at(0);
  EXPECT_FALSE(candidate.problem.has_value());
  EXPECT_EQ(candidate.slices.size(), 120U);
  ASSERT_EQ(candidate.notes.size(), 1U);
  EXPECT_EQ(candidate.notes[0].code, NoteCode::duplicates_dropped);
}

TEST(GroupVolumes, KeepsTheLastOfTwoReceptionsOfAnInstance) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  ScannedInstance again = slices[10];
  again.file = "second";
  slices.push_back(again);
  const VolumeCandidate candidate = group_volumes(slices).candidates.at(0);
  EXPECT_EQ(candidate.slices.size(), 120U);
  EXPECT_EQ(candidate.slices[10].file, "second");
  EXPECT_THAT(candidate.notes, IsEmpty());  // a resend says nothing about the scan
}

TEST(GroupVolumes, RefusesDifferentImagesUnderOneInstanceUid) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  ScannedInstance other = slices[10];
  other.pixel_digest = "other";
  slices.push_back(other);
  EXPECT_EQ(problem_code(slices), RefusalCode::header_inconsistent);
  // Another encoding of the same instance has other bytes and is no contradiction.
  slices.back().transfer_syntax_uid = "1.2.840.10008.1.2.4.70";
  EXPECT_FALSE(group_volumes(slices).candidates.at(0).problem.has_value());
}

TEST(GroupVolumes, RefusesDifferentImagesAtOnePosition) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  ScannedInstance other = slices[10];
  other.sop_instance_uid += ".9";
  other.pixel_digest = "other";
  slices.push_back(other);
  EXPECT_EQ(problem_code(slices), RefusalCode::geometry);
}

TEST(GroupVolumes, SeparatesOverlappingAcquisitionsOfOneSeries) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  std::vector<ScannedInstance> second = stack("1.1", 120, 1.0);
  for (ScannedInstance& s : second) {
    s.acquisition_number = 2;
    s.acquisition_date_time = "20260101120000";
    s.sop_instance_uid += ".2";
    s.pixel_digest += "/2";
  }
  append(slices, second);
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 2U);
  EXPECT_FALSE(volumes.candidates[0].problem.has_value());
  EXPECT_EQ(volumes.candidates[0].slices[0].acquisition_number, 2);  // the latest
  EXPECT_THAT(volumes.other_series(), ElementsAre(HasSubstr("earlier acquisition")));
}

TEST(GroupVolumes, KeepsAStepAndShootScanTogether) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  for (std::size_t i = 0; i < slices.size(); ++i) slices[i].acquisition_number = static_cast<int>(i / 4);
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 1U);
  EXPECT_TRUE(volumes.candidates[0].geometrically_complete);
}

TEST(GroupVolumes, SeparatesTwoReconstructionsInOneSeries) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  std::vector<ScannedInstance> sharp = stack("1.1", 120, 1.0);
  for (ScannedInstance& s : sharp) {
    s.convolution_kernel = "FC81";
    s.sop_instance_uid += ".2";
    s.pixel_digest += "/2";
  }
  append(slices, sharp);
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 2U);
  EXPECT_EQ(volumes.candidates[0].slices[0].convolution_kernel, "FC13");
  EXPECT_THAT(volumes.other_series(), ElementsAre("series 3 (1.00 mm, FC81): sharper kernel"));
}

TEST(GroupVolumes, ChoosesByGradeThenSpacing) {
  std::vector<ScannedInstance> slices = stack("1.5", 40, 3.0);  // grade C
  append(slices, stack("1.4", 120, 1.25));                      // A
  append(slices, stack("1.3", 120, 1.0));                       // A, finer
  append(slices, stack("1.2", 30, 5.0));                        // R
  const StudyVolumes volumes = group_volumes(slices);
  ASSERT_EQ(volumes.candidates.size(), 4U);
  EXPECT_EQ(volumes.candidates[0].series_instance_uid, "1.3");
  EXPECT_EQ(volumes.candidates[1].series_instance_uid, "1.4");
  EXPECT_EQ(volumes.candidates[2].grade, Grade::c);
  EXPECT_EQ(volumes.candidates[3].grade, Grade::r);
  EXPECT_FALSE(volumes.candidates[3].problem.has_value());  // the analysis refuses it, with pictures
  EXPECT_THAT(volumes.other_series(),
              ElementsAre("series 3 (1.25 mm, FC13): thicker slices",
                          "series 3 (3.00 mm, FC13): lower grade C",
                          "series 3 (5.00 mm, FC13): lower grade R"));
}

TEST(GroupVolumes, PrefersAVolumeThatCoversTheHipToAFinerOneThatDoesNot) {
  std::vector<ScannedInstance> slices = stack("1.1", 60, 1.0);
  append(slices, stack("1.2", 60, 2.0));
  const StudyVolumes volumes = group_volumes(slices);
  EXPECT_EQ(volumes.candidates.at(0).series_instance_uid, "1.2");
  EXPECT_THAT(volumes.other_series(), ElementsAre(HasSubstr("covers only 59 mm")));
}

TEST(GroupVolumes, UsesAnAxialReformatOnlyWhereThereIsNothingElse) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  for (ScannedInstance& s : slices) s.image_type = {"DERIVED", "PRIMARY", "MPR"};
  EXPECT_FALSE(group_volumes(slices).candidates.at(0).problem.has_value());
  append(slices, stack("1.2", 60, 2.0));
  const StudyVolumes volumes = group_volumes(slices);
  EXPECT_EQ(volumes.candidates.at(0).series_instance_uid, "1.2");
  EXPECT_THAT(volumes.other_series(), ElementsAre(HasSubstr("reformatted")));
}

TEST(GroupVolumes, IgnoresWhatIsNoAxialImageWithOneLineEach) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  for (int i = 0; i < 2; ++i) {
    slices.push_back(slice("1.2", i, 0.0));
    slices.back().image_type = {"ORIGINAL", "PRIMARY", "LOCALIZER"};
    slices.back().series_number = 1;
  }
  slices.push_back(slice("1.3", 0, 0.0));
  slices.back().orientation_patient = {1, 0, 0, 0, 0, -1};
  slices.back().series_number = 4;
  slices.push_back(slice("1.4", 0, 0.0));
  slices.back().sop_class_uid = "1.2.840.10008.5.1.4.1.1.88.67";
  slices.back().series_number = 999;
  slices.push_back(slice("1.5", 0, 0.0));
  slices.back().sop_class_uid = "1.2.840.10008.5.1.4.1.1.7.4";
  slices.back().series_number.reset();
  slices.push_back(slice("1.6", 0, 0.0));
  slices.back().image_type = {"DERIVED", "SECONDARY", "SCREEN SAVE"};
  slices.back().series_number = 501;
  const StudyVolumes volumes = group_volumes(slices);
  EXPECT_EQ(volumes.candidates.size(), 1U);
  EXPECT_THAT(volumes.ignored,
              ElementsAre("a series without number: secondary capture",
                          "series 1: localizer",
                          "series 4: not axial",
                          "series 501: screen picture",
                          "series 999: dose report"));
}

TEST(GroupVolumes, HasNoCandidateInAStudyOfLocalizers) {
  ScannedInstance localizer = slice("1.1", 0, 0.0);
  localizer.image_type = {"ORIGINAL", "PRIMARY", "LOCALIZER"};
  const StudyVolumes volumes = group_volumes(std::vector{localizer});
  EXPECT_THAT(volumes.candidates, IsEmpty());
  EXPECT_EQ(volumes.ignored.size(), 1U);
  EXPECT_THAT(group_volumes({}).candidates, IsEmpty());
}

struct HeaderFault {
  const char* name;
  void (*spoil)(ScannedInstance&);
  RefusalCode code;
};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr RefusalCode header = RefusalCode::header_inconsistent;
constexpr RefusalCode not_hu = RefusalCode::not_hu;

class FaultyHeader : public testing::TestWithParam<HeaderFault> {};

TEST_P(FaultyHeader, RefusesTheSeriesWithItsReason) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  for (ScannedInstance& s : slices) GetParam().spoil(s);
  EXPECT_EQ(problem_code(slices), GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    GroupVolumes,
    FaultyHeader,
    testing::Values(
        HeaderFault{"NoRows", [](ScannedInstance& s) { s.rows.reset(); }, header},
        HeaderFault{"HugeMatrix", [](ScannedInstance& s) { s.rows = 65535; }, header},
        HeaderFault{"EmptyMatrix", [](ScannedInstance& s) { s.columns = 0; }, header},
        HeaderFault{"NegativeMatrix", [](ScannedInstance& s) { s.columns = -512; }, header},
        HeaderFault{"NoSpacing", [](ScannedInstance& s) { s.pixel_spacing_mm.reset(); }, header},
        HeaderFault{"ZeroSpacing",
                    [](ScannedInstance& s) {
                      s.pixel_spacing_mm = {0.0, 1.0};
                    },
                    header},
        HeaderFault{"SpacingNotANumber",
                    [](ScannedInstance& s) {
                      s.pixel_spacing_mm = {1.0, nan};
                    },
                    header},
        HeaderFault{"NoPosition", [](ScannedInstance& s) { s.position_patient_mm.reset(); }, header},
        HeaderFault{"EndlessPosition",
                    [](ScannedInstance& s) {
                      s.position_patient_mm = {0, 0, infinity};
                    },
                    header},
        HeaderFault{"NoOrientation", [](ScannedInstance& s) { s.orientation_patient.reset(); }, header},
        HeaderFault{"SkewOrientation",
                    [](ScannedInstance& s) {
                      s.orientation_patient = {1, 0, 0, 0.6, 0.8, 0};
                    },
                    header},
        HeaderFault{"NullOrientation",
                    [](ScannedInstance& s) {
                      s.orientation_patient = {0, 0, 0, 0, 0, 0};
                    },
                    header},
        HeaderFault{"SeveralFrames", [](ScannedInstance& s) { s.number_of_frames = 2; }, header},
        HeaderFault{"NotHounsfield", [](ScannedInstance& s) { s.rescale_type = "US"; }, not_hu},
        HeaderFault{
            "Inverted", [](ScannedInstance& s) { s.photometric_interpretation = "MONOCHROME1"; }, not_hu},
        HeaderFault{"Colour", [](ScannedInstance& s) { s.samples_per_pixel = 3; }, not_hu},
        HeaderFault{"MonoEnergetic",
                    [](ScannedInstance& s) {
                      s.image_type = {"DERIVED", "PRIMARY", "AXIAL", "MONO_ENERGETIC"};
                    },
                    not_hu},
        HeaderFault{"EnhancedWithoutFrames",
                    [](ScannedInstance& s) { s.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2.1"; },
                    RefusalCode::header_inconsistent}),
    [](const testing::TestParamInfo<HeaderFault>& fault) { return fault.param.name; });

TEST(GroupVolumes, NamesAnUnusableSeriesBesideAGoodOne) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  slices.push_back(slice("1.2", 0, 0.0));
  slices.back().rescale_type = "US";
  slices.back().series_number = 7;
  const StudyVolumes volumes = group_volumes(slices);
  EXPECT_EQ(volumes.candidates.at(0).series_instance_uid, "1.1");
  EXPECT_THAT(
      volumes.other_series(),
      ElementsAre(
          "series 7 (1.00 mm, FC13): Pixel values are not Hounsfield units (Rescale Type is not HU)"));
}

TEST(GroupVolumes, PrintsNoFreeTextOfTheHeader) {
  std::vector<ScannedInstance> slices = stack("1.1", 120, 1.0);
  append(slices, stack("1.2", 60, 2.0));
  for (ScannedInstance& s : slices) {
    s.series_description = "SECRET";
    s.convolution_kernel = "B40\x1b[31m^;<script>\\SECRET";
  }
  for (const std::string& line : group_volumes(slices).other_series()) {
    EXPECT_EQ(line.find("SECRET"), std::string::npos);
    EXPECT_THAT(line, HasSubstr("B4031mscript"));
  }
}

}  // namespace
}  // namespace focalhip
