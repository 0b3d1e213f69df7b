#include "listener/programs/write_results.h"

#include <set>

#include "analysis/files/report_json.h"
#include "analysis/files/write_nrrd.h"
#include "analysis/files/write_surface_vtk.h"
#include "analysis/files/write_whole_file.h"

namespace focalhip {

namespace {

namespace fs = std::filesystem;

bool is_earlier_result(const std::string& name) {
  if (name == "report.json") return true;
  return name.ends_with(".dcm") && (name.starts_with("sr") || name.starts_with("sc-"));
}

// A refused run must not leave the masks of a good one behind.
void remove_earlier_results(const fs::path& folder) {
  for (const Side side : {Side::right, Side::left}) {
    for (const char* file : {"mask.nrrd", "voi.nrrd", "surface.vtk"}) fs::remove(folder / name(side) / file);
    std::error_code not_empty;
    fs::remove(folder / name(side), not_empty);
  }
  std::set<fs::path> earlier;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (is_earlier_result(entry.path().filename().string())) earlier.insert(entry.path());
  }
  for (const fs::path& file : earlier) fs::remove(file);
}

void write_masks(const fs::path& folder, const HipReport& report) {
  for (const FemurResult& femur : report.femurs) {
    const FemurMeasurement* measured = femur.measurement();
    if (measured == nullptr) continue;
    const fs::path side = folder / name(femur.side);
    fs::create_directories(side);
    write_nrrd(side / "mask.nrrd", measured->mask.mask);
    write_nrrd(side / "voi.nrrd", measured->voi);
    if (femur.cortex) write_surface_vtk(side / "surface.vtk", *femur.cortex);
  }
}

// Of objects that say the same in different SOP classes the first: what most peers would get.
void write_objects(const fs::path& folder, const std::vector<EncodedObject>& objects) {
  std::set<std::string> parts;
  for (const EncodedObject& object : objects) {
    if (parts.insert(object.part).second) write_whole_file(folder / object.file_name, object.bytes);
  }
}

void prepare(const fs::path& folder) {
  fs::create_directories(folder);
  remove_earlier_results(folder);
}

}  // namespace

void write_results(const fs::path& folder, const AnalysedSeries& analysed) {
  prepare(folder);
  write_masks(folder, analysed.report);
  write_objects(folder, analysed.objects);
  const ReportSource source{.series_instance_uid = analysed.study.series_instance_uid,
                            .study_instance_uid = analysed.study.study_instance_uid};
  write_whole_file(folder / "report.json", report_json(analysed.report, source));
}

void write_report_only(const fs::path& folder, const HipReport& report) {
  prepare(folder);
  write_whole_file(folder / "report.json", report_json(report, {}));
}

}  // namespace focalhip
