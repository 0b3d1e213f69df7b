#include "listener/association/answer_store.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <variant>

#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include "dicom_sr/object_header.h"
#include "listener/association/negotiate.h"
#include "listener/association/object_file.h"
#include "listener/association/receive_data_set.h"
#include "listener/spool/scan_values.h"
#include "listener/spool/scanned_instance.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

// A peer that sends a million bad objects must not fill the log.
constexpr int most_logged_refusals = 20;

// Why an object is not stored. The comment goes to the sender as (0000,0902) and to the log: no patient data.
struct Refused {
  DIC_US status = 0;
  std::string comment;
};

std::string hex(unsigned value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04XH", value);
  return text.data();
}

[[nodiscard]] Next respond(Session& session,
                           T_ASC_PresentationContextID presentation_context,
                           const T_DIMSE_C_StoreRQ& request,
                           DIC_US status,
                           const std::string& comment) {
  T_DIMSE_C_StoreRSP response{};
  response.DimseStatus = status;
  std::unique_ptr<DcmDataset> detail;
  if (!comment.empty()) {
    detail = std::make_unique<DcmDataset>();
    detail->putAndInsertString(DCM_ErrorComment, comment.substr(0, 64).c_str());  // LO
  }
  return DIMSE_sendStoreResponse(session.association, presentation_context, &request, &response, detail.get())
                 .good()
             ? Next::go_on
             : Next::broken;
}

[[nodiscard]] Next refuse(Session& session,
                          T_ASC_PresentationContextID presentation_context,
                          const T_DIMSE_C_StoreRQ& request,
                          const Refused& refused) {
  session.last_problem = hex(refused.status) + " " + refused.comment;
  fault_point("receiver_before_refusal");
  if (++session.counts.refused <= most_logged_refusals)
    session.log.warning("OBJECT_REFUSED",
                        {{"status", hex(refused.status)},
                         {"reason", refused.comment},
                         {"sop_instance", request.AffectedSOPInstanceUID},
                         {"peer", session.peer_ae_title}});
  return respond(session, presentation_context, request, refused.status, refused.comment);
}

[[nodiscard]] Next drop(Session& session,
                        T_ASC_PresentationContextID presentation_context,
                        const T_DIMSE_C_StoreRQ& request) {
  ++session.counts.dropped;
  return respond(session, presentation_context, request, store_status::success, {});
}

// What can be said before the data set is read.
std::optional<Refused> problem_of(const Session& session,
                                  const T_ASC_PresentationContext& context,
                                  const T_DIMSE_C_StoreRQ& request) {
  if (std::string_view(context.abstractSyntax) != request.AffectedSOPClassUID ||
      policy_of(request.AffectedSOPClassUID) == ObjectPolicy::not_supported)
    return Refused{store_status::sop_class_not_supported, "SOP class is not that of the context"};
  if (!is_valid_uid(request.AffectedSOPInstanceUID))
    return Refused{store_status::invalid_sop_instance, "SOP instance UID is not a UID"};
  std::error_code error;
  const std::uintmax_t available = std::filesystem::space(session.spool.root, error).available;
  if (error || available < session.config.limits.free_bytes_kept)
    return Refused{store_status::out_of_resources, "disk is nearly full"};
  return std::nullopt;
}

Refused refused_by(const ScanProblem& problem) {
  switch (problem.kind) {
    case ScanProblem::Kind::too_deep:
      return {store_status::too_deep, problem.detail};
    case ScanProblem::Kind::too_large:
      return {store_status::too_large, problem.detail};
    case ScanProblem::Kind::unsupported:
      return {store_status::unsupported_syntax, problem.detail};
    case ScanProblem::Kind::not_dicom:
    case ScanProblem::Kind::malformed:
      break;
  }
  return {store_status::not_readable, problem.detail};
}

std::optional<Refused> problem_of(const ScannedInstance& scanned, const T_DIMSE_C_StoreRQ& request) {
  if (scanned.sop_class_uid.empty()) return Refused{store_status::not_readable, "no SOP class UID"};
  if (scanned.sop_instance_uid.empty()) return Refused{store_status::not_readable, "no SOP instance UID"};
  if (scanned.sop_class_uid != request.AffectedSOPClassUID)
    return Refused{store_status::does_not_match, "SOP class differs between command and data set"};
  if (scanned.sop_instance_uid != request.AffectedSOPInstanceUID)
    return Refused{store_status::does_not_match, "SOP instance differs between command and data set"};
  if (scanned.study_instance_uid.empty()) return Refused{store_status::not_readable, "no study instance UID"};
  if (scanned.series_instance_uid.empty())
    return Refused{store_status::not_readable, "no series instance UID"};
  return std::nullopt;
}

struct Checked {
  std::optional<Refused> refused;
  bool made_by_us = false;  // a result of this node that came back
};

Checked check(ObjectFile& object, const LimitSettings& limits, const T_DIMSE_C_StoreRQ& request) {
  const bool flushed = object.flush();
  if (object.state() == ObjectFile::State::too_large)
    return {.refused = Refused{store_status::too_large,
                               "larger than " + std::to_string(limits.object_bytes) + " bytes"}};
  if (!flushed) return {.refused = Refused{store_status::out_of_resources, "object cannot be written"}};
  // Pixels are hashed by the collector, outside the sender's waiting time.
  const auto scanned =
      scan_instance(object.path(), {.file_bytes = limits.object_bytes, .digest_pixels = false});
  if (const auto* problem = std::get_if<ScanProblem>(&scanned)) return {.refused = refused_by(*problem)};
  const auto& instance = std::get<ScannedInstance>(scanned);
  return {.refused = problem_of(instance, request), .made_by_us = instance.manufacturer_model == model_name};
}

[[nodiscard]] Next skip_data_set(Session& session, T_ASC_PresentationContextID presentation_context) {
  const Next next = receive_data_set(session, presentation_context, [](std::span<const std::byte>) {});
  session.watchdog.enter(AssociationPhase::working);
  return next;
}

// Checks, syncs and files a completely received object. Throws std::system_error when the disk fails.
struct Filed {
  std::optional<Refused> refused;
  bool dropped = false;  // a result of this node that came back
};

Filed file_object(Session& session, ObjectFile& object, int number, const T_DIMSE_C_StoreRQ& request) {
  const Checked checked = check(object, session.config.limits, request);
  if (checked.refused) {
    session.folder.create_if_needed();  // its record is how the collector learns of refused objects
    return {.refused = checked.refused};
  }
  if (checked.made_by_us) return {.refused = {}, .dropped = true};
  object.sync();
  session.folder.take(object, number, request.AffectedSOPInstanceUID);
  return {};
}

void note_series(Session& session, const ScannedInstance& instance) {
  if (instance.study_instance_uid.empty() || session.dropped_series.size() >= most_dropped_series) return;
  session.dropped_series.insert({.study_instance_uid = instance.study_instance_uid,
                                 .series_instance_uid = instance.series_instance_uid,
                                 .sop_class_uid = instance.sop_class_uid,
                                 .series_number = instance.series_number.value_or(-1)});
}

std::unique_ptr<ObjectFile> create_object_file(Session& session,
                                               int number,
                                               const T_ASC_PresentationContext& context,
                                               const T_DIMSE_C_StoreRQ& request) {
  try {
    return std::make_unique<ObjectFile>(session.folder.part(number),
                                        ObjectIdentity{.sop_class_uid = request.AffectedSOPClassUID,
                                                       .sop_instance_uid = request.AffectedSOPInstanceUID,
                                                       .transfer_syntax_uid = context.acceptedTransferSyntax,
                                                       .source_ae_title = session.peer_ae_title},
                                        session.config.limits.object_bytes);
  } catch (const std::system_error& error) {
    session.log.error("SPOOL_FAILED", {{"error", error.code().message()}});
    return nullptr;
  }
}

[[nodiscard]] Next receive_and_keep(Session& session,
                                    T_ASC_PresentationContextID presentation_context,
                                    const T_ASC_PresentationContext& context,
                                    const T_DIMSE_C_StoreRQ& request) {
  const int number = ++session.last_number;
  const std::unique_ptr<ObjectFile> object = create_object_file(session, number, context, request);
  fault_point("receiver_part_created");
  const Next received =
      receive_data_set(session, presentation_context, [&](std::span<const std::byte> bytes) {
        if (object) object->write(bytes);
        fault_point("receiver_in_transfer");
      });
  if (received == Next::broken) return Next::broken;
  session.watchdog.enter(AssociationPhase::working);
  fault_point("receiver_received");
  Filed filed{.refused = Refused{store_status::out_of_resources, "object cannot be written"}};
  try {
    if (object) filed = file_object(session, *object, number, request);
  } catch (const std::system_error& error) {
    session.log.error("SPOOL_FAILED", {{"error", error.code().message()}});
  }
  if (filed.refused) return refuse(session, presentation_context, request, *filed.refused);
  if (filed.dropped) return drop(session, presentation_context, request);
  ++session.counts.stored;
  fault_point("receiver_before_response");
  const Next next = respond(session, presentation_context, request, store_status::success, {});
  fault_point("receiver_after_response");
  return next;
}

// Read like the others, then forgotten but for its series, which the report names. Whatever is wrong with it
// is nobody's loss.
[[nodiscard]] Next receive_and_drop(Session& session,
                                    T_ASC_PresentationContextID presentation_context,
                                    const T_ASC_PresentationContext& context,
                                    const T_DIMSE_C_StoreRQ& request) {
  const std::unique_ptr<ObjectFile> object =
      create_object_file(session, ++session.last_number, context, request);
  const Next received =
      receive_data_set(session, presentation_context, [&](std::span<const std::byte> bytes) {
        if (object) object->write(bytes);
      });
  if (received == Next::broken) return Next::broken;
  session.watchdog.enter(AssociationPhase::working);
  if (object && object->flush()) {
    const auto scanned = scan_instance(
        object->path(), {.file_bytes = session.config.limits.object_bytes, .digest_pixels = false});
    const auto* const instance = std::get_if<ScannedInstance>(&scanned);
    if (instance != nullptr && instance->manufacturer_model != model_name) note_series(session, *instance);
  }
  return drop(session, presentation_context, request);
}

}  // namespace

Next answer_store(Session& session,
                  T_ASC_PresentationContextID presentation_context,
                  const T_DIMSE_C_StoreRQ& request) {
  T_ASC_PresentationContext context{};
  if (ASC_findAcceptedPresentationContext(session.association->params, presentation_context, &context).bad())
    return Next::broken;
  if (const std::optional<Refused> problem = problem_of(session, context, request)) {
    if (skip_data_set(session, presentation_context) == Next::broken) return Next::broken;
    return refuse(session, presentation_context, request, *problem);
  }
  if (policy_of(request.AffectedSOPClassUID) == ObjectPolicy::drop)
    return receive_and_drop(session, presentation_context, context, request);
  return receive_and_keep(session, presentation_context, context, request);
}

}  // namespace focalhip
