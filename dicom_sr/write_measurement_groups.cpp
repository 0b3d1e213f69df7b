#include "dicom_sr/write_measurement_groups.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <Eigen/LU>

#include "dicom_sr/dataset.h"

namespace focalhip {

namespace {

using Relation = SrTree::Relation;
constexpr Relation contains = DSRTypes::RT_contains;
constexpr Relation has_concept_mod = DSRTypes::RT_hasConceptMod;
constexpr Relation has_obs_context = DSRTypes::RT_hasObsContext;

struct ImagePoint {
  float column = 0.0F;  // SCOORD: centre of the first pixel = 0.5
  float row = 0.0F;
  const SourceInstance* image = nullptr;
};

// Continuous index of a point in the source images, and how many there are along each axis.
struct SourceIndex {
  Eigen::Vector3d voxel;
  std::array<int, 3> size;
};

SourceIndex source_index(const Eigen::Vector3d& point_patient_mm,
                         const VoxelGrid& grid,
                         const StudyContext& study) {
  if (!study.resampled_from) return {.voxel = grid.voxel_from_patient(point_patient_mm), .size = grid.size};
  const SourceLattice& lattice = *study.resampled_from;
  Eigen::Matrix3d steps_mm;
  steps_mm.col(0) = Eigen::Vector3d::Map(lattice.column_step_mm.data());
  steps_mm.col(1) = Eigen::Vector3d::Map(lattice.row_step_mm.data());
  steps_mm.col(2) = Eigen::Vector3d::Map(lattice.slice_step_mm.data());
  const Eigen::Vector3d offset_mm =
      point_patient_mm - Eigen::Vector3d::Map(lattice.first_pixel_patient_mm.data());
  return {.voxel = steps_mm.inverse() * offset_mm, .size = lattice.size};
}

// The point in the nearest slice; a point outside the volume is moved to its border.
ImagePoint image_point(const Eigen::Vector3d& point_patient_mm,
                       const VoxelGrid& grid,
                       const StudyContext& study) {
  const auto [voxel, size] = source_index(point_patient_mm, grid, study);
  if (!voxel.allFinite()) throw std::runtime_error("a region has no finite position");
  const auto clamped = [&, &v = voxel, &s = size](int axis) {
    return std::clamp(v[axis], 0.0, s[static_cast<std::size_t>(axis)] - 1.0);
  };
  const auto slice = static_cast<std::size_t>(std::lround(clamped(2)));
  return {static_cast<float>(clamped(0) + 0.5), static_cast<float>(clamped(1) + 0.5), &study.sources[slice]};
}

void write_value(SrTree& tree, const ResultValue& value) {
  const auto modifiers = [&] {
    if (value.is_mean) tree.code(has_concept_mod, codes::derivation, codes::mean);
    if (value.is_k2hpo4) tree.code(has_concept_mod, codes::mineral_basis, codes::k2hpo4_equivalent);
    if (value.is_hydroxyapatite) tree.code(has_concept_mod, codes::mineral_basis, codes::hydroxyapatite);
  };
  if (value.number) {
    tree.number(contains, value.quantity, *value.number, value.unit, modifiers);
  } else {
    tree.missing_number(contains, value.quantity, value.missing, modifiers);
  }
  if (value.number && value.least_change) {
    tree.number(contains, value.change, *value.least_change, value.unit, [&] {
      if (value.is_k2hpo4) tree.code(has_concept_mod, codes::mineral_basis, codes::k2hpo4_equivalent);
    });
  }
}

// TID 4019: which algorithm, which version.
void write_algorithm(SrTree& tree, const std::string& name, const std::string& version) {
  tree.text(has_concept_mod, codes::algorithm_name, name);
  tree.text(has_concept_mod, codes::algorithm_version, version);
}

// The page that shows the group best: the outline of its femur, else the summary.
const PageReference* page_of(const ResultGroup& group, std::span<const PageReference> pages) {
  if (pages.empty()) return nullptr;
  const auto found = std::ranges::find_if(
      pages, [&](const PageReference& page) { return group.side && page.outline_of == group.side; });
  return found != pages.end() ? &*found : pages.data();
}

std::string iso_date(const std::string& yyyymmdd) {
  return yyyymmdd.substr(0, 4) + "-" + yyyymmdd.substr(4, 2) + "-" + yyyymmdd.substr(6, 2);
}

// What the group is about: TID 1501 rows 1 to 9.
void write_subject_of_group(SrTree& tree,
                            const ResultGroup& group,
                            const StudyContext& study,
                            const ResultStamp& stamp) {
  tree.text(has_obs_context, codes::tracking_identifier, group.tracking_id);
  tree.uid(has_obs_context,
           codes::tracking_uid,
           checked_uid(stamp.uid_for("tracking/" + group.tracking_id), "tracking"));
  tree.code(contains, codes::finding, group.finding);
  if (is_date(study.study_date)) {
    tree.text(has_obs_context, codes::time_point, iso_date(study.study_date));
  }
  if (group.method) tree.code(has_concept_mod, codes::measurement_method, *group.method);
  if (group.site) {
    tree.code(has_concept_mod, codes::finding_site, *group.site, [&] {
      if (group.side) tree.code(has_concept_mod, codes::laterality, code_of(*group.side));
      if (group.region) tree.code(has_concept_mod, codes::topographical_modifier, *group.region);
    });
  }
}

}  // namespace

bool can_be_located(const HipReport& report, const StudyContext& study) {
  const auto& size = study.resampled_from ? study.resampled_from->size : report.grid.size;
  return size[0] > 0 && size[1] > 0 && size[2] > 0 &&
         study.sources.size() == static_cast<std::size_t>(size[2]);
}

void write_measurement_groups(SrTree& tree,
                              std::span<const ResultGroup> groups,
                              const HipReport& report,
                              const StudyContext& study,
                              const ResultStamp& stamp,
                              std::span<const PageReference> pages) {
  if (!can_be_located(report, study)) {
    throw std::runtime_error("the source images are not those of the measured volume");
  }
  const std::string version = report.software.version.empty() ? "unversioned" : report.software.version;
  tree.container(codes::imaging_measurements, [&] {
    write_algorithm(tree, "FocalHip pipeline", version);
    for (const std::string& parameter : report.parameters) {
      if (!parameter.empty()) tree.text(has_concept_mod, codes::algorithm_parameters, parameter);
    }
    for (const ResultGroup& group : groups) {
      const auto write_group = [&] {
        write_subject_of_group(tree, group, study, stamp);
        write_algorithm(tree, group.algorithm, version);
        for (const ResultValue& value : group.values) write_value(tree, value);
        // A group without a place in an image makes some viewers fail.
        const ImagePoint point = image_point(group.centre_patient_mm, report.grid, study);
        tree.point(codes::center, point.column, point.row, *point.image);
        if (!group.side) tree.image(contains, codes::source_image, *point.image, point.image->frame);
        if (const PageReference* page = page_of(group, pages)) {
          tree.image(contains, codes::illustration_of_roi, page->instance, page->frame);
        }
      };
      tree.container(codes::measurement_group, write_group, "1501");
    }
  });
}

}  // namespace focalhip
