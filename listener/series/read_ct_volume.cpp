#include "listener/series/read_ct_volume.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <stdexcept>

#include <dcmtk/dcmdata/dcdeftag.h>

#include "analysis/support/expects.h"
#include "analysis/support/parallel_for.h"
#include "listener/series/decode_slice.h"
#include "listener/series/read_subject.h"
#include "listener/series/slice_stack.h"

namespace focalhip {

namespace {

constexpr std::int16_t fill_hu = -1000;  // air, where nothing was measured

// Facts of single slices that must agree, or add up, over the volume.
struct SliceFacts {
  bool contrast_agent = false;
  bool not_measured = false;  // has pixels without a value
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

SliceFacts read_slice(const ScannedInstance& instance, HuTables& tables, std::span<std::int16_t> hu) {
  DcmFileFormat object = open_object(instance.file, ReadPart::whole);
  const StoredSlice stored = decode_slice(object);
  if (stored.rows != instance.rows || stored.columns != instance.columns) {
    throw Refusal(RefusalCode::header_inconsistent, "the matrix of an object changed while it was read");
  }
  const HuTables::Table table = tables.of(stored.meaning);
  std::ranges::transform(stored.words, hu.begin(), [&](std::uint16_t word) { return (*table)[word]; });
  return {.contrast_agent = read_acquisition(*object.getDataset()).contrast_agent,
          .not_measured = std::ranges::find(hu, not_measured_hu) != hu.end()};
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

CtVolume read_pixels(const std::vector<ScannedInstance>& slices, int threads) {
  CtVolume ct;
  ct.grid = grid_of_stack(slices);
  ct.hu.resize(ct.grid.voxel_count());
  const std::size_t slice_voxels = ct.hu.size() / slices.size();
  HuTables tables;
  std::atomic<bool> contrast_agent{false};
  std::atomic<bool> not_measured{false};
  parallel_for(static_cast<int>(slices.size()), threads, [&](int i) {
    const auto index = static_cast<std::size_t>(i);
    const SliceFacts facts =
        read_slice(slices[index], tables, std::span(ct.hu).subspan(index * slice_voxels, slice_voxels));
    if (facts.contrast_agent) contrast_agent = true;
    if (facts.not_measured) not_measured = true;
  });
  if (not_measured) split_off_validity(ct);
  ct.acquisition.contrast_agent = contrast_agent;
  return ct;
}

}  // namespace

ReadSeries read_ct_volume(const VolumeCandidate& volume, int threads) {
  if (volume.problem) throw Refusal(volume.problem->code, volume.problem->detail);
  expects(volume.slices.size() >= 2, "a candidate without a problem has slices");
  check_identity(volume.slices);
  DcmFileFormat middle = open_object(volume.slices[volume.slices.size() / 2].file, ReadPart::header);
  DcmItem& header = *middle.getDataset();
  ReadSeries series;
  series.subject = read_subject(header);
  series.study = read_study_context(header);
  Acquisition acquisition = read_acquisition(header);
  check_patient_position(acquisition.patient_position);
  series.ct = read_pixels(volume.slices, threads);
  acquisition.contrast_agent = series.ct.acquisition.contrast_agent;
  series.ct.acquisition = std::move(acquisition);
  for (const ScannedInstance& slice : volume.slices) {
    series.study.sources.push_back({slice.sop_class_uid, slice.sop_instance_uid});
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
    if (same_series) sources.push_back({instance->sop_class_uid, instance->sop_instance_uid});
  }
  if (!result) throw std::runtime_error("no object of the study has a readable header");
  result->study.sources = std::move(sources);
  return std::move(*result);
}

}  // namespace focalhip
