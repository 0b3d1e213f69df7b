#include "dicom_sr/write_measurement_groups.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include "tests/support/fake_results.h"

namespace focalhip {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string text_of(const OFString& text) { return {text.c_str(), text.length()}; }

// "code value unit" of every number below `first` of the codes, in the order of the tree.
std::vector<std::string> numbers_from(DSRDocumentTree& tree, std::string_view scheme_prefix) {
  std::vector<std::string> result;
  tree.gotoRoot();
  do {
    DSRContentItem& item = tree.getCurrentContentItem();
    const std::string code = text_of(item.getConceptName().getCodeValue());
    if (item.getValueType() != DSRTypes::VT_Num || code.rfind(scheme_prefix, 0) != 0) continue;
    result.push_back(code + " " + text_of(item.getNumericValue().getNumericValue()) + " " +
                     text_of(item.getNumericValue().getMeasurementUnit().getCodeValue()));
  } while (tree.iterate() > 0);
  return result;
}

std::vector<ResultGroup> neck_with_changes() {
  std::vector<ResultGroup> groups = result_groups(test::both_sides_report());
  groups.resize(1);
  for (ResultValue& value : groups[0].values) {
    value.least_change.reset();
    if (value.quantity == codes::areal_bmd) value.least_change = "0.021";
    if (value.quantity == codes::volume) value.least_change = "0.40";
  }
  return groups;
}

void write(DSRDocument& document,
           const std::vector<ResultGroup>& groups,
           const std::vector<PageReference>& pages) {
  const HipReport report = test::both_sides_report();
  SrTree tree(document.getTree(), codes::imaging_measurement_report, "1500");
  write_measurement_groups(tree, groups, report, test::study_of(report), test::stamp_with(), pages);
}

TEST(MeasurementGroups, LeastSignificantChangesAreNumbersOfTheirOwnInTheUnitOfTheValue) {
  for (const auto type : {DSRTypes::DT_Comprehensive3DSR, DSRTypes::DT_EnhancedSR}) {
    DSRDocument document(type);
    write(document, neck_with_changes(), {});
    EXPECT_THAT(numbers_from(document.getTree(), "FH-S"),
                ElementsAre("FH-S21 0.021 g/cm2", "FH-S27 0.40 cm3"));
  }
}

TEST(MeasurementGroups, NoChangeIsWrittenWhereItIsNotDeterminedOrTheValueIsMissing) {
  std::vector<ResultGroup> groups = neck_with_changes();
  for (ResultValue& value : groups[0].values) {
    if (value.quantity == codes::areal_bmd) value.number.reset();
    if (value.quantity == codes::volume) value.least_change.reset();
  }
  DSRDocument document(DSRTypes::DT_EnhancedSR);
  write(document, groups, {});
  EXPECT_THAT(numbers_from(document.getTree(), "FH-S"), IsEmpty());
}

TEST(MeasurementGroups, PointToTheOutlineOfTheirFemurElseToTheSummary) {
  const PageReference summary{.instance = {UID_SecondaryCaptureImageStorage, "2.25.71"},
                              .series_instance_uid = "2.25.70",
                              .frame = 0};
  PageReference right = summary;
  right.instance.sop_instance_uid = "2.25.72";
  right.outline_of = Side::right;
  const auto pages_of = [&](const std::vector<PageReference>& pages) {
    std::vector<ResultGroup> groups = result_groups(test::both_sides_report());
    groups = {groups.front(), groups[4], groups.back()};  // R-FN, L-FN, CALIB
    DSRDocument document(DSRTypes::DT_EnhancedSR);
    write(document, groups, pages);
    std::vector<std::string> found;
    DSRDocumentTree& tree = document.getTree();
    tree.gotoRoot();
    do {
      DSRContentItem& item = tree.getCurrentContentItem();
      if (text_of(item.getConceptName().getCodeValue()) != codes::illustration_of_roi.value) continue;
      found.push_back(text_of(item.getImageReference().getSOPInstanceUID()));
    } while (tree.iterate() > 0);
    return found;
  };
  EXPECT_THAT(pages_of({summary, right}), ElementsAre("2.25.72", "2.25.71", "2.25.71"));
  EXPECT_THAT(pages_of({summary}), ElementsAre("2.25.71", "2.25.71", "2.25.71"));
  EXPECT_THAT(pages_of({}), IsEmpty());
}

}  // namespace
}  // namespace focalhip
