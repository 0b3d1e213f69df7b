#include "listener/series/result_stamp.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <iomanip>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "config/version.h"
#include "listener/support/digest.h"

namespace focalhip {

namespace {

// Digest of everything of the request that changes the bytes of a result. For the node the stored job fixes
// the time; `analyze` has no job, so there the time is part of the identity.
std::string request_digest(const StampRequest& request) {
  Sha256 sha;
  sha.update_field(request.role == StampRole::node ? "node" : "analyze");
  sha.update_field(focalhip_version());
  sha.update_field(request.study_instance_uid);
  sha.update_field(request.content_digest);
  sha.update_field(request.identity_digest);
  sha.update_field(request.configuration);
  if (!request.calibration_source.empty()) sha.update_field(request.calibration_source);
  if (!request.side_source.empty()) sha.update_field("side " + request.side_source);
  sha.update_field(request.refusal_code);
  sha.update_field(request.node_name);
  sha.update_field(std::to_string(request.first_series_number));
  if (request.role == StampRole::analyze) sha.update_field(std::to_string(request.created_ms));
  for (const auto* list : {&request.atlas_digests, &request.other_series}) {
    sha.update_field(std::to_string(list->size()));
    for (const std::string& text : *list) sha.update_field(text);
  }
  for (const PredecessorDocument& document : request.predecessors)
    sha.update_field(document.sop_instance_uid);
  return sha.finish_hex();
}

std::tm local_time(std::int64_t utc_ms) {
  const auto seconds = static_cast<std::time_t>(utc_ms / 1000);
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr)
    throw std::runtime_error("the time of the job is out of range");
  return local;
}

std::string time_text(const std::tm& time, const char* format) {
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &time)};
}

}  // namespace

ResultStamp make_stamp(const StampRequest& request) {
  const std::tm local = local_time(request.created_ms);
  const std::string digest = request_digest(request);
  const std::array<std::string_view, 2> node_fields{"focalhip node", request.node_name};
  ResultStamp stamp;
  stamp.date = time_text(local, "%Y%m%d");
  stamp.time = time_text(local, "%H%M%S");
  stamp.timezone = time_text(local, "%z");
  stamp.node_name = request.node_name;
  stamp.node_uid = derived_uid(node_fields);
  stamp.first_series_number = request.first_series_number;
  stamp.uid_for = [digest](std::string_view role) {
    const std::array<std::string_view, 2> fields{digest, role};
    return derived_uid(fields);
  };
  stamp.predecessors = request.predecessors;
  return stamp;
}

std::string result_configuration(const AnalysisOptions& options, const std::string& overrides) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << std::setprecision(std::numeric_limits<double>::max_digits10);
  for (const std::string& parameter : parameters_of(options)) text << parameter << '\n';
  text << "side=" << static_cast<int>(options.side) << '\n';
  if (options.instruction != SideInstruction::none)
    text << "instruction=" << name(options.instruction) << ',' << options.instruction_source << '\n';
  if (options.laterality != LateralityMeaning::ignored)
    text << "laterality=" << static_cast<int>(options.laterality) << '\n';
  text << "asynchronous_days=" << options.calibration.asynchronous_days << '\n';
  for (const SitePhantom& site : options.calibration.phantoms) {
    text << "phantom " << site.phantom.name << ' ' << static_cast<int>(site.phantom.basis) << ' '
         << static_cast<int>(site.phantom.first_rod) << " serial=" << site.device_serial_number
         << " station=" << site.station_name << '\n';
    for (const PhantomRod& rod : site.phantom.rods) {
      text << "rod " << rod.name << '=' << rod.mineral_mg_cm3 << ',' << rod.water_mg_cm3 << '\n';
    }
  }
  text << overrides;
  return text.str();
}

}  // namespace focalhip
