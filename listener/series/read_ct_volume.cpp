#include "listener/series/read_ct_volume.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>

#include <dcmtk/dcmdata/dcdeftag.h>

#include "analysis/support/expects.h"
#include "analysis/support/parallel_for.h"
#include "analysis/volume/interpolate_slice.h"
#include "analysis/volume/remove_shear.h"
#include "listener/series/decode_slice.h"
#include "listener/series/read_subject.h"
#include "listener/series/slice_stack.h"
#include "listener/spool/spool_layout.h"

namespace focalhip {

namespace {

constexpr std::int16_t fill_hu = -1000;  // air, where nothing was measured

// Facts of single slices that must agree, or add up, over the volume.
struct SliceFacts {
  bool contrast_agent = false;
  bool not_measured = false;  // has pixels without a value
  std::int16_t largest_hu = not_measured_hu;
  std::int16_t container_hu = 0;  // the largest its words can hold
  std::size_t at_largest = 0;     // pixels at largest_hu
};

void check_identity(const std::vector<ScannedInstance>& slices) {
  const std::string& first = slices.front().identity_digest;
  const bool one =
      std::ranges::all_of(slices, [&](const ScannedInstance& s) { return s.identity_digest == first; });
  if (!one) {
    throw Refusal(RefusalCode::header_inconsistent,
                  "the slices name more than one person, accession or study");
  }
}

// Left and right are decided by geometry alone; lying on the side the phantom is not below the hips.
void check_patient_position(const std::string& position) {
  if (position.ends_with("DL") || position.ends_with("DR")) {
    throw Refusal(RefusalCode::orientation, "patient lying on the side (" + position + ")");
  }
}

// Slices of one series nearly always share slope, intercept and padding: the table of the last ones is kept.
class HuTables {
 public:
  using Table = std::shared_ptr<const std::vector<std::int16_t>>;
  Table of(const PixelMeaning& meaning) {
    const std::scoped_lock lock(mutex_);
    if (!table_ || !(meaning == meaning_)) {
      table_ = std::make_shared<const std::vector<std::int16_t>>(hu_of_every_word(meaning));
      meaning_ = meaning;
    }
    return table_;
  }

 private:
  std::mutex mutex_;
  PixelMeaning meaning_;
  Table table_;
};

SliceFacts facts_of(std::span<const std::int16_t> hu, const std::vector<std::int16_t>& table) {
  SliceFacts facts;
  facts.not_measured = std::ranges::find(hu, not_measured_hu) != hu.end();
  facts.largest_hu = std::ranges::max(hu);
  facts.at_largest = static_cast<std::size_t>(std::ranges::count(hu, facts.largest_hu));
  facts.container_hu = std::ranges::max(table);
  return facts;
}

SliceFacts read_slice(DcmFileFormat& object,
                      const ScannedInstance& instance,
                      HuTables& tables,
                      std::span<std::int16_t> hu) {
  const std::filesystem::path copy = decoded_copy_of(instance.file).value_or("");
  const StoredSlice stored = decode_slice(object, instance.frame, instance.frame == 0 ? copy : "");
  if (stored.rows != instance.rows || stored.columns != instance.columns) {
    throw Refusal(RefusalCode::header_inconsistent, "the matrix of an object changed while it was read");
  }
  const HuTables::Table table = tables.of(stored.meaning);
  std::ranges::transform(stored.words, hu.begin(), [&](std::uint16_t word) { return (*table)[word]; });
  SliceFacts facts = facts_of(hu, *table);
  facts.contrast_agent = read_acquisition(FrameHeader(*object.getDataset(), instance.frame)).contrast_agent;
  return facts;
}

// Neighbouring slices that are read by one thread from one open object.
struct Run {
  std::size_t first = 0;
  std::size_t end = 0;
};

// A single-frame object is a run of its own; the frames of one object are dealt out to the threads.
std::vector<Run> runs_of(const std::vector<ScannedInstance>& slices, int threads) {
  const std::size_t longest = slices.size() / static_cast<std::size_t>(std::max(1, threads)) + 1;
  std::vector<Run> runs;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    const bool continues =
        !runs.empty() && slices[i].file == slices[runs.back().first].file && i - runs.back().first < longest;
    if (!continues) runs.push_back({.first = i, .end = i});
    runs.back().end = i + 1;
  }
  return runs;
}

// Where slice i of the candidate lies in the grid: missing slices have a place there.
std::vector<std::size_t> places_in_grid(std::size_t slices, const std::vector<int>& gaps) {
  std::vector<std::size_t> places;
  auto gap = gaps.begin();
  for (std::size_t i = 0, place = 0; i < slices; ++i, ++place) {
    places.push_back(place);
    if (gap == gaps.end() || static_cast<std::size_t>(*gap) != i) continue;
    ++place;
    ++gap;
  }
  return places;
}

std::vector<SliceFacts> read_into(CtVolume& ct,
                                  const std::vector<ScannedInstance>& slices,
                                  const std::vector<std::size_t>& places,
                                  int threads) {
  const std::size_t slice_voxels = ct.grid.voxel_count() / static_cast<std::size_t>(ct.grid.size[2]);
  HuTables tables;
  std::vector<SliceFacts> facts(slices.size());
  const std::vector<Run> runs = runs_of(slices, threads);
  parallel_for(static_cast<int>(runs.size()), threads, [&](int r) {
    const Run& run = runs[static_cast<std::size_t>(r)];
    DcmFileFormat object = open_object(slices[run.first].file, ReadPart::whole);
    for (std::size_t i = run.first; i < run.end; ++i) {
      const auto target = std::span(ct.hu).subspan(places[i] * slice_voxels, slice_voxels);
      facts[i] = read_slice(object, slices[i], tables, target);
    }
  });
  return facts;
}

// Voxels at the top of what the words can hold, or of 12 bits in a wider word. [science: qct 1.2]
std::size_t clipped_voxels(const std::vector<SliceFacts>& facts) {
  constexpr std::int16_t twelve_bits_hu = 3071;
  const std::int16_t largest = std::ranges::max(facts, {}, &SliceFacts::largest_hu).largest_hu;
  std::size_t clipped = 0;
  for (const SliceFacts& slice : facts) {
    const bool at_top = slice.largest_hu == slice.container_hu || largest == twelve_bits_hu;
    if (at_top && slice.largest_hu == largest) clipped += slice.at_largest;
  }
  return clipped;
}

// Replaces the mark of unmeasured voxels by a HU and a mask.
void split_off_validity(CtVolume& ct) {
  ct.valid.assign(ct.hu.size(), 1);
  for (std::size_t i = 0; i < ct.hu.size(); ++i) {
    if (ct.hu[i] != not_measured_hu) continue;
    ct.hu[i] = fill_hu;
    ct.valid[i] = 0;
  }
}

CtVolume read_pixels(const std::vector<ScannedInstance>& slices, const StackGeometry& geometry, int threads) {
  CtVolume ct;
  ct.grid = grid_of_stack(slices, geometry);
  ct.hu.resize(ct.grid.voxel_count());
  const std::vector<std::size_t> places = places_in_grid(slices.size(), geometry.single_gaps);
  const std::vector<SliceFacts> facts = read_into(ct, slices, places, threads);
  if (std::ranges::any_of(facts, &SliceFacts::not_measured)) split_off_validity(ct);
  for (const int gap : geometry.single_gaps) {
    interpolate_slice(ct, static_cast<int>(places[static_cast<std::size_t>(gap)]) + 1);
  }
  ct.clipped_voxels = clipped_voxels(facts);
  ct.acquisition.contrast_agent = std::ranges::any_of(facts, &SliceFacts::contrast_agent);
  return ct;
}

std::array<double, 3> array_of(const Eigen::Vector3d& vector) { return {vector.x(), vector.y(), vector.z()}; }

SourceLattice lattice_of(const VoxelGrid& grid, const Eigen::Vector3d& step_mm) {
  return {.first_pixel_patient_mm = array_of(grid.origin_patient_mm),
          .column_step_mm = array_of(grid.patient_axes.col(0) * grid.spacing_mm.x()),
          .row_step_mm = array_of(grid.patient_axes.col(1) * grid.spacing_mm.y()),
          .slice_step_mm = array_of(step_mm),
          .size = grid.size};
}

// One for each slice of the grid; where one is missing, its lower neighbour.
std::vector<SourceInstance> sources_of(const std::vector<ScannedInstance>& slices,
                                       const std::vector<int>& gaps) {
  std::vector<SourceInstance> sources;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    sources.push_back({slices[i].sop_class_uid, slices[i].sop_instance_uid, slices[i].frame});
    if (std::ranges::find(gaps, static_cast<int>(i)) != gaps.end()) sources.push_back(sources.back());
  }
  return sources;
}

}  // namespace

ReadSeries read_ct_volume(const VolumeCandidate& volume, int threads) {
  if (volume.problem) throw Refusal(volume.problem->code, volume.problem->detail);
  const std::vector<ScannedInstance>& slices = volume.slices;
  expects(slices.size() >= 2, "a candidate without a problem has slices");
  check_identity(slices);
  const StackGeometry geometry = judge_stack(slices);
  const ScannedInstance& middle = slices[slices.size() / 2];
  DcmFileFormat object = open_object(middle.file, ReadPart::header);
  DcmItem& header = *object.getDataset();
  ReadSeries series;
  series.subject = read_subject(header);
  series.study = read_study_context(header);
  Acquisition acquisition = read_acquisition(FrameHeader(header, middle.frame));
  check_patient_position(acquisition.patient_position);
  series.ct = read_pixels(slices, geometry, threads);
  acquisition.contrast_agent = series.ct.acquisition.contrast_agent;
  series.ct.acquisition = std::move(acquisition);
  series.study.sources = sources_of(slices, geometry.single_gaps);
  if (geometry.tilt_deg > largest_untilted_deg) {
    const Eigen::Vector3d step_mm = slice_step_mm(slices, geometry);
    series.study.resampled_from = lattice_of(series.ct.grid, step_mm);
    series.ct = remove_shear(std::move(series.ct), step_mm, threads);
  }
  return series;
}

StudyHeader read_study_header(std::span<const std::filesystem::path> files) {
  std::optional<StudyHeader> result;
  std::vector<SourceInstance> sources;
  for (const std::filesystem::path& file : files) {
    const auto scanned = scan_instance(file, {.digest_pixels = false});
    const auto* instance = std::get_if<ScannedInstance>(&scanned);
    if (instance == nullptr) continue;
    if (!result) {
      try {
        DcmFileFormat object = open_object(file, ReadPart::header);
        DcmItem& header = *object.getDataset();
        result = StudyHeader{.subject = read_subject(header), .study = read_study_context(header)};
      } catch (const Refusal&) {
        continue;  // another object of the study may be readable
      }
    }
    // An SR names its evidence by series; objects of other series stay unnamed.
    const bool same_series = instance->study_instance_uid == result->study.study_instance_uid &&
                             instance->series_instance_uid == result->study.series_instance_uid;
    if (same_series) sources.push_back({instance->sop_class_uid, instance->sop_instance_uid, 0});
  }
  if (!result) throw std::runtime_error("no object of the study has a readable header");
  result->study.sources = std::move(sources);
  return std::move(*result);
}

}  // namespace focalhip
