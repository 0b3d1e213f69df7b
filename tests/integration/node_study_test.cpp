// A study as scanners send it: one volume is measured, everything else is named in its report.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <gmock/gmock.h>

#include "tests/integration/node_fixture.h"

namespace focalhip {
namespace {

namespace fs = std::filesystem;
using test::put;
using testing::HasSubstr;

std::string value_in(const fs::path& file, const DcmTagKey& tag) {
  DcmFileFormat format;
  test::must(format.loadFile(file.c_str()), "load");
  OFString value;
  test::must(format.getDataset()->findAndGetOFString(tag, value), "read");
  return value.c_str();
}

// A further series of the study: its number tells the lines of the report apart.
test::TestSeries companion(const std::string& study, int number, int slices) {
  test::TestSeries series;
  series.slices = slices;
  series.series_uid = study + "." + std::to_string(number);
  series.adjust = [study, number](DcmDataset& dataset, int) {
    put(dataset, DCM_StudyInstanceUID, study);
    put(dataset, DCM_SeriesNumber, std::to_string(number));
  };
  return series;
}

void also(test::TestSeries& series, const DcmTagKey& tag, const std::string& value) {
  series.adjust = [before = series.adjust, tag, value](DcmDataset& dataset, int slice) {
    before(dataset, slice);
    put(dataset, tag, value);
  };
}

class NodeStudy : public NodeTest {
 protected:
  static constexpr int thick = 11;
  static constexpr int sharp = 12;
  static constexpr int coronal = 13;
  static constexpr int localizer = 14;
  static constexpr int dose_report = 15;
  static constexpr int captured = 16;

  void write_companions(const std::string& study) const {
    test::TestSeries series = companion(study, thick, 40);
    series.spacing_mm = 5.0;
    also(series, DCM_SliceThickness, "5");
    static_cast<void>(write(series, "study/thick"));
    series = companion(study, sharp, 200);
    series.spacing_mm = 1.0;
    also(series, DCM_SliceThickness, "1");
    also(series, DCM_ConvolutionKernel, "B70f");
    static_cast<void>(write(series, "study/sharp"));
    series = companion(study, coronal, 60);
    series.orientation = "1\\0\\0\\0\\0\\-1";
    also(series, DCM_ImageType, "DERIVED\\SECONDARY\\REFORMATTED");
    static_cast<void>(write(series, "study/coronal"));
    series = companion(study, localizer, 2);
    also(series, DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER");
    static_cast<void>(write(series, "study/localizer"));
    series = companion(study, dose_report, 1);
    also(series, DCM_SOPClassUID, UID_XRayRadiationDoseSRStorage);
    also(series, DCM_Modality, "SR");
    static_cast<void>(write(series, "study/dose"));
    series = companion(study, captured, 1);
    also(series, DCM_SOPClassUID, UID_SecondaryCaptureImageStorage);
    also(series, DCM_Modality, "OT");
    static_cast<void>(write(series, "study/captured"));
  }
};

TEST_F(NodeStudy, TheThinSoftAxialVolumeIsMeasuredAndTheRestIsNamed) {
  const std::optional<fs::path> simulated = simulated_series();
  ASSERT_TRUE(simulated.has_value()) << "focalhip-simulate failed";
  const fs::path slice = fs::directory_iterator(*simulated)->path();
  const std::string study = value_in(slice, DCM_StudyInstanceUID);
  const std::string thin = value_in(slice, DCM_SeriesInstanceUID);
  fs::create_directories(folder() / "series" / "study");
  fs::copy(*simulated, folder() / "series" / "study" / "thin");
  write_companions(study);
  start_sink();
  start_node();
  ASSERT_EQ(send(folder() / "series" / "study"), 0);
  static_cast<void>(wait_for_reports(1, 300s));
  const std::vector<Job> jobs = open_store()->jobs("");
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs.front().state, JobState::done) << jobs.front().outcome_code;
  EXPECT_EQ(jobs.front().what.series_instance_uid, thin);
  const std::string report = report_text(study);
  for (const int number : {thick, sharp, coronal, localizer, dose_report, captured})
    EXPECT_THAT(report, HasSubstr("series " + std::to_string(number)));
  EXPECT_TRUE(open_store()->alarms(10).empty());
}

}  // namespace
}  // namespace focalhip
