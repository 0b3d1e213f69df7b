#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <filesystem>
#include <string>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/protocol.h"
#include "testdata/simulator/series_frames.h"
#include "testdata/simulator/write_series.h"

// Modules that the objects of a study share, and how values get into a dataset. Everything throws
// std::runtime_error with the attempted action.
namespace focalhip::simulator {

void check(const OFCondition& condition, const std::string& action);
void put(DcmItem& item, const DcmTagKey& tag, const std::string& value);
void put(DcmItem& item, const DcmTagKey& tag, Uint16 value);
void put(DcmItem& item, const DcmTagKey& tag, double value);  // decimal string
void put_point(DcmItem& item, const DcmTagKey& tag, Vec3 p);
void put_orientation(DcmItem& item, const SeriesFrame& frame);
// A new item at the end of a sequence.
DcmItem& add_item(DcmItem& item, const DcmTagKey& sequence);
void put_code(
    DcmItem& item, const DcmTagKey& sequence, const char* value, const char* scheme, const char* meaning);

[[nodiscard]] std::string decimal_string(double value);  // at most 16 characters
[[nodiscard]] std::string padded(long long number, int width);

void put_patient_and_study(DcmDataset& d, const HipParameters& hip, const StudyHeader& study);
void put_series_and_equipment(DcmDataset& d,
                              const StudyHeader& study,
                              const SeriesHeader& series,
                              const char* modality = "CT");
void put_acquisition(DcmDataset& d,
                     const Protocol& protocol,
                     const StudyHeader& study,
                     const SeriesHeader& series,
                     int acquisition);
[[nodiscard]] std::string image_type(ImageContent content);
[[nodiscard]] std::string rescale_type(ImageContent content);
// Columns, rows, sample format and the pixels of one or more frames; no rescale.
void put_pixels(DcmDataset& d, int columns, int rows, const std::vector<Sint16>& stored);
void put_private_tags(DcmDataset& d);

// Compresses if the syntax asks for it.
void save(DcmFileFormat& file, const std::filesystem::path& path, TransferSyntax syntax);

}  // namespace focalhip::simulator
