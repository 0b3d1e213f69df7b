#include "dicom_sr/encode_results.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdict.h>

#include "dicom_sr/render/render_femur_pages.h"
#include "dicom_sr/render/render_summary_page.h"
#include "dicom_sr/write_measurement_report.h"
#include "dicom_sr/write_secondary_capture.h"

namespace focalhip {

namespace {

// The report once per SOP class, pointing to the pages of one way to send them.
void append_reports(std::vector<EncodedObject>& objects,
                    const std::vector<PageReference>& pages,
                    const std::string& suffix,
                    const HipReport& report,
                    const StudyContext& study,
                    const ResultStamp& stamp) {
  for (const SrClass sr_class : {SrClass::comprehensive_3d, SrClass::enhanced}) {
    const std::string role = (sr_class == SrClass::enhanced ? "sr-enhanced" : "sr") + suffix;
    EncodedObject object = write_measurement_report(
        report,
        study,
        stamp,
        {.sr_class = sr_class, .role = role, .file_name = role + ".dcm", .pages = pages});
    for (const PageReference& page : pages) {
      const std::string& uid = page.instance.sop_instance_uid;
      if (std::ranges::find(object.companions, uid) == object.companions.end())
        object.companions.push_back(uid);
    }
    objects.push_back(std::move(object));
  }
}

}  // namespace

std::vector<EncodedObject> encode_results(const HipReport& report,
                                          const StudyContext& study,
                                          const ResultStamp& stamp) {
  if (!dcmDataDict.isDictionaryLoaded()) throw std::runtime_error("the DICOM data dictionary is missing");
  std::vector<Page> pages{render_summary_page(report, {.other_series = study.other_series})};
  std::ranges::move(render_femur_pages(report, pages[0].image.rows), std::back_inserter(pages));

  std::vector<EncodedObject> objects;
  SecondaryCaptureObject multiframe = write_multiframe_capture(pages, report, study, stamp);
  objects.push_back(std::move(multiframe.object));
  std::vector<PageReference> frames;
  std::vector<PageReference> single_pages;
  for (std::size_t i = 0; i < pages.size(); ++i) {
    SecondaryCaptureObject single =
        write_single_capture(pages[i], static_cast<int>(i) + 1, report, study, stamp);
    single.object.alternative = 1;
    objects.push_back(std::move(single.object));
    single_pages.push_back(single.reference);
    single_pages.back().outline_of = pages[i].outline_of;
    frames.push_back(multiframe.reference);
    frames.back().frame = static_cast<int>(i) + 1;
    frames.back().outline_of = pages[i].outline_of;
  }
  const std::size_t first_report = objects.size();
  append_reports(objects, frames, "", report, study, stamp);
  append_reports(objects, single_pages, "-single", report, study, stamp);
  for (std::size_t i = first_report; i < objects.size(); ++i) {
    objects[i].alternative = static_cast<int>(i - first_report);
  }
  return objects;
}

}  // namespace focalhip
