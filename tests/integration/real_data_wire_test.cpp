// Every file of ../shared/realdata that storescu can be made to send, over the wire: what the sender is told,
// what is kept, and which reason the report gives. Skipped, visibly, without ../shared.
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "tests/integration/node_audit.h"
#include "tests/integration/node_fixture.h"
#include "tests/integration/reception_fixture.h"
#include "tests/support/nifti_series.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

enum class Answer {
  kept,        // 0000H, in the spool
  dropped,     // 0000H, not kept
  refused,     // an error status
  no_context,  // the node does not accept its encoding, storescu cannot make another
  not_sent,    // storescu itself gives up: nothing reaches the node
};

struct RealFile {
  std::string name;  // below realdata/; .xz is unpacked
  std::string option;
  Answer answer = Answer::kept;
  std::string said;  // by storescu: the status, or why it gives up
};

void PrintTo(const RealFile& file, std::ostream* out) { *out << file.name; }

class RealFiles : public Reception, public testing::WithParamInterface<RealFile> {
 protected:
  // The file as storescu reads it; nullopt: not beside the repository.
  std::optional<std::string> file() {
    const fs::path original = fs::path(FOCALHIP_SHARED_DIR) / "realdata" / GetParam().name;
    if (!fs::exists(original)) return std::nullopt;
    if (original.extension() != ".xz") return original.string();
    const fs::path unpacked = folder_.path() / "unpacked.dcm";
    EXPECT_EQ(run({"sh", "-c", "xz -dkc '" + original.string() + "' > '" + unpacked.string() + "'"}), 0);
    return unpacked.string();
  }
};

TEST_P(RealFiles, AreAnsweredAsExpected) {
  const std::optional<std::string> sent = file();
  if (!sent) GTEST_SKIP() << GetParam().name << " is not there";
  start();
  std::vector<std::string> options = {"-R"};
  if (!GetParam().option.empty()) options.push_back(GetParam().option);
  run(storescu({*sent}, options));
  const bool success = output_.find("Received Store Response (Success)") != std::string::npos;
  EXPECT_EQ(success, GetParam().answer == Answer::kept || GetParam().answer == Answer::dropped) << output_;
  EXPECT_THAT(output_, HasSubstr(GetParam().said));
  EXPECT_EQ(instances_in_spool(config_.node.data_folder), GetParam().answer == Answer::kept ? 1U : 0U);
  EXPECT_TRUE(wait_until([this] { return incoming_is_empty(); }, 5s));
  EXPECT_THAT(half_written_in(config_.node.data_folder), testing::IsEmpty());
  EXPECT_EQ(echo(), 0) << "the node goes on";
}

INSTANTIATE_TEST_SUITE_P(
    OverTheWire,
    RealFiles,
    testing::Values(
        RealFile{"headers/pydicom_CT_small.dcm", "", Answer::kept, ""},
        RealFile{"headers/pydicom_eCT_Supplemental.dcm", "", Answer::kept, ""},
        RealFile{"headers/pydicom_explicit_VR-UN.dcm", "-xv", Answer::not_sent, ""},
        RealFile{"headers/wg04/CT1_JPLL", "-xs", Answer::kept, ""},
        RealFile{"headers/wg04/CT1_JLSL", "-xt", Answer::kept, ""},
        RealFile{"headers/wg04/CT1_RLE", "-xr", Answer::kept, ""},
        RealFile{
            "headers/wg04/CT1_J2KR", "-xv", Answer::no_context, "unable to convert dataset from 'JPEG 2000"},
        RealFile{
            "headers/wg04/CT1_J2KI", "-xw", Answer::no_context, "unable to convert dataset from 'JPEG 2000"},
        RealFile{"malformed/fodicom_GH177_bigendian_undefined_length.dcm.xz", "-xb", Answer::kept, ""},
        RealFile{"malformed/orthanc_2017-06-27-XSSInjection.dcm", "-xs", Answer::dropped, ""},
        RealFile{"malformed/orthanc_2026-05-26-oob-monochrome-65535.dcm", "", Answer::dropped, ""},
        RealFile{"malformed/orthanc_Deeply-Nested-Sequence.dcm.xz", "", Answer::not_sent, ""},
        RealFile{"malformed/orthanc_Issue137.dcm", "", Answer::dropped, ""},
        RealFile{"malformed/orthanc_Issue154-d1.dcm", "", Answer::dropped, ""},
        RealFile{"malformed/orthanc_Issue195.dcm", "", Answer::not_sent, ""},
        RealFile{"malformed/pydicom_badVR.dcm", "", Answer::dropped, ""},
        RealFile{"malformed/pydicom_bad_sequence.dcm", "-xs", Answer::refused, "0x117"},
        RealFile{"malformed/pydicom_meta_missing_tsyntax.dcm", "", Answer::not_sent, ""},
        RealFile{"malformed/pydicom_no_meta.dcm", "", Answer::not_sent, ""},
        RealFile{"malformed/pydicom_no_meta_group_length.dcm", "", Answer::not_sent, ""}),
    [](const auto& tested) {
      std::string name = fs::path(tested.param.name).filename().string();
      for (char& letter : name)
        if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
      return name;
    });

// --- series through the whole node

struct RealSeries {
  std::string archive;
  std::string code;  // the reason
  std::string also;  // what else the report must say
};

void PrintTo(const RealSeries& series, std::ostream* out) { *out << series.archive; }

class RealSeriesTest : public NodeTest, public testing::WithParamInterface<RealSeries> {
 protected:
  // The images, a NIfTI volume wrapped as DICOM; nullopt when it is not beside the repository.
  [[nodiscard]] std::optional<fs::path> images() const {
    const std::string& archive = GetParam().archive;
    if (!archive.ends_with(".nii.gz")) return unpacked_real_data(archive);
    const fs::path volume = fs::path(FOCALHIP_SHARED_DIR) / "realdata" / archive;
    if (!fs::exists(volume)) return std::nullopt;
    test::write_as_dicom(test::read_nifti(volume), folder() / "real");
    return folder() / "real";
  }
};

TEST_P(RealSeriesTest, ComeBackAsNotAnalysedWithTheirReason) {
  const std::optional<fs::path> unpacked = images();
  if (!unpacked) GTEST_SKIP() << GetParam().archive << " is not there";
  start_sink();
  start_node();
  ASSERT_EQ(send(*unpacked), 0);
  const std::vector<SinkObject> objects = wait_for_reports(1, 200s);
  EXPECT_EQ(objects.size(), 2U);
  const std::vector<Job> jobs = open_store()->jobs("");
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs.front().state, JobState::refused);
  EXPECT_EQ(jobs.front().outcome_code, GetParam().code);
  const std::string text = report_text(jobs.front().what.study_instance_uid);
  EXPECT_THAT(text, HasSubstr(GetParam().code));
  EXPECT_THAT(text, HasSubstr(GetParam().also));
  EXPECT_TRUE(open_store()->alarms(10).empty());
  EXPECT_EQ(stop_node(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    OverTheWire,
    RealSeriesTest,
    testing::Values(
        RealSeries{real_hip, "R_NO_PHANTOM", "CONTRAST_AGENT"},
        // Calcium rods in a chest ring: neither a hip nor a calibration pad.
        RealSeries{"phantom/qrm_cardiac_toshiba_aquilion_one_3mm.tar.xz", "R_NOT_HIP", "R_NO_PHANTOM"},
        // 5 mm slices every 4.25 mm that end at the femoral heads.
        RealSeries{"reject/acrin-flt-breast_001_pelvis_5mm_no_femora.tar.xz", "R_RESOLUTION", "R_NOT_HIP"},
        // A head, tilted by 18.5 degrees, unevenly spaced.
        RealSeries{"reject/ge_hispeed_tilt_irregular_spacing_head.tar.xz", "R_GEOMETRY", ""},
        // Resampled to 3 mm, metal in the left femur.
        RealSeries{"reject/totalseg_pelvis_metal_lefthip_3mm.nii.gz", "R_RESOLUTION", "METAL_PRESENT"}),
    [](const auto& tested) {
      const std::string name = fs::path(tested.param.archive).filename().string();
      return name.substr(0, name.find_first_of("-_"));
    });

// Single images of several studies, compressed in every way the node accepts: each study is answered by a
// report.
TEST_F(NodeTest, RealSingleImagesAreReportedStudyByStudy) {
  const fs::path headers = fs::path(FOCALHIP_SHARED_DIR) / "realdata" / "headers";
  if (!fs::exists(headers)) GTEST_SKIP() << "the real headers are not there";
  start_sink();
  start_node();
  // The Enhanced CT's rescale type is not HU; the others are single slices.
  const std::vector<std::pair<std::string, std::string>> images = {{"pydicom_CT_small.dcm", "-x="},
                                                                   {"pydicom_eCT_Supplemental.dcm", "-x="},
                                                                   {"wg04/CT1_JPLL", "-xs"},
                                                                   {"wg04/CT1_RLE", "-xr"}};
  for (const auto& [image, option] : images) EXPECT_EQ(send_with({option}, headers / image), 0) << image;
  const std::vector<SinkObject> objects = wait_for_reports(images.size());
  std::set<std::string> studies;
  for (const SinkObject& object : objects) studies.insert(object.study_instance_uid);
  EXPECT_EQ(studies.size(), images.size());
  EXPECT_EQ(objects.size(), 2 * images.size()) << "a report and a picture each";
  for (const Job& job : open_store()->jobs("")) {
    EXPECT_EQ(job.state, JobState::refused) << job.outcome_code;
    EXPECT_THAT((std::set<std::string>{"R_GEOMETRY", "R_COVERAGE", "R_RESOLUTION", "R_NOT_HU"}),
                testing::Contains(job.outcome_code));
  }
}

}  // namespace
}  // namespace focalhip
