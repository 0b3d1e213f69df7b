#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/pipeline.h"
#include "dicom_sr/study_context.h"

namespace focalhip {

// Who asks for the results. Objects of `focalhip analyze` never share identifiers with those of the node.
enum class StampRole { node, analyze };

// Everything the identifiers and dates of the result objects of one series depend on.
struct StampRequest {
  StampRole role = StampRole::node;
  std::string node_name = "FOCALHIP";  // the node's AE title
  int first_series_number = 9600;
  std::int64_t created_ms = 0;             // UTC milliseconds: the stored job's, never "now"
  std::string study_instance_uid;          // of the source
  std::string content_digest;              // pixels and geometry of the volume; empty = none was measurable
  std::string identity_digest;             // patient, accession, study
  std::string configuration;               // result_configuration(): options and overrides
  std::string calibration_source;          // what beside the series gave or refused its density scale
  std::string side_source;                 // what instruction and header told of the sides; empty = nothing
  std::string refusal_code;                // decided outside the analysis (R_PROCESSING, ...), else empty
  std::vector<std::string> atlas_digests;  // in the order they are used
  std::vector<std::string> other_series;   // lines that go into the report
  std::vector<PredecessorDocument> predecessors;
};

// Same request, same UIDs; any field that changes the bytes of a result changes them all. The time of the
// stamp is the local time of created_ms with its offset from UTC.
[[nodiscard]] ResultStamp make_stamp(const StampRequest& request);

// The part of the options that changes numbers, as text, with the command line's overrides of the person's
// data.
[[nodiscard]] std::string result_configuration(const AnalysisOptions& options, const std::string& overrides);

}  // namespace focalhip
