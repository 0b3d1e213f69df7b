#include "listener/association/answer_other.h"

#include <optional>
#include <system_error>
#include <variant>

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcuid.h>

#include "listener/association/object_file.h"
#include "listener/association/receive_data_set.h"
#include "listener/spool/commitment_record.h"
#include "listener/spool/scanned_instance.h"
#include "listener/support/fault_points.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

constexpr std::uint64_t most_report_bytes = 16U << 20U;  // about 100,000 references
constexpr int most_report_nesting = 4;

Next skip_data_set(Session& session, T_ASC_PresentationContextID context, T_DIMSE_DataSetType data_set) {
  if (data_set == DIMSE_DATASET_NULL) return Next::go_on;
  return receive_data_set(session, context, [](std::span<const std::byte>) {});
}

Next send(Session& session, T_ASC_PresentationContextID context, T_DIMSE_Message& response) {
  session.watchdog.enter(AssociationPhase::working);
  const OFCondition sent = DIMSE_sendMessageUsingMemoryData(
      session.association, context, &response, nullptr, nullptr, nullptr, nullptr);
  return sent.good() ? Next::go_on : Next::broken;
}

std::string text_of(DcmItem& item, const DcmTagKey& key) {
  OFString value;
  item.findAndGetOFString(key, value);
  return std::string(value.c_str(), value.size());
}

template <typename Visit>
void for_each_item(DcmDataset& data, const DcmTagKey& key, const Visit& visit) {
  DcmItem* item = nullptr;
  for (signed long i = 0; data.findAndGetSequenceItem(key, item, i).good() && item != nullptr; ++i) {
    visit(*item);
    item = nullptr;
  }
}

// The file has passed the scanner: it is shallow and its lengths are sane, so DCMTK may parse it.
std::optional<CommitmentReport> parse_report(const ObjectFile& object, const std::string& peer) {
  const auto scanned = scan_instance(
      object.path(),
      {.nesting = most_report_nesting, .file_bytes = most_report_bytes, .digest_pixels = false});
  if (std::holds_alternative<ScanProblem>(scanned)) return std::nullopt;
  DcmFileFormat file;
  if (file.loadFile(object.path().c_str()).bad()) return std::nullopt;
  DcmDataset& data = *file.getDataset();
  CommitmentReport report{.calling_ae_title = peer,
                          .transaction_uid = text_of(data, DCM_TransactionUID),
                          .received_ms = utc_now_ms(),
                          .committed = {},
                          .failed = {}};
  for_each_item(data, DCM_ReferencedSOPSequence, [&](DcmItem& item) {
    report.committed.push_back(text_of(item, DCM_ReferencedSOPInstanceUID));
  });
  for_each_item(data, DCM_FailedSOPSequence, [&](DcmItem& item) {
    Uint16 reason = 0;
    item.findAndGetUint16(DCM_FailureReason, reason);
    report.failed.push_back(
        {.sop_instance_uid = text_of(item, DCM_ReferencedSOPInstanceUID), .reason = reason});
  });
  return report;
}

// STATUS of the response.
std::optional<DIC_US> receive_report(Session& session, T_ASC_PresentationContextID presentation_context) {
  T_ASC_PresentationContext context{};
  if (ASC_findAcceptedPresentationContext(session.association->params, presentation_context, &context).bad())
    return std::nullopt;
  ObjectFile object(session.folder.part(++session.last_number),
                    {.sop_class_uid = UID_StorageCommitmentPushModelSOPClass,
                     .sop_instance_uid = UID_StorageCommitmentPushModelSOPInstance,
                     .transfer_syntax_uid = context.acceptedTransferSyntax,
                     .source_ae_title = session.peer_ae_title},
                    most_report_bytes);
  const Next received = receive_data_set(
      session, presentation_context, [&](std::span<const std::byte> bytes) { object.write(bytes); });
  if (received == Next::broken) return std::nullopt;
  session.watchdog.enter(AssociationPhase::working);
  if (!object.flush()) return STATUS_N_ProcessingFailure;
  const std::optional<CommitmentReport> report = parse_report(object, session.peer_ae_title);
  if (!report) return STATUS_N_ProcessingFailure;
  fault_point("receiver_before_commitment");
  write_commitment_report(session.spool, *report);
  fault_point("receiver_after_commitment");
  session.log.info("COMMITMENT_REPORT",
                   {{"peer", session.peer_ae_title},
                    {"transaction", report->transaction_uid},
                    {"committed", report->committed.size()},
                    {"failed", report->failed.size()}});
  return STATUS_N_Success;
}

// The request's data set skipped, the response filled: the fields every response has.
template <typename Request, typename Response>
Next refuse(Session& session,
            T_ASC_PresentationContextID context,
            const Request& request,
            T_DIMSE_Message& message,
            Response& response) {
  if (skip_data_set(session, context, request.DataSetType) == Next::broken) return Next::broken;
  response.MessageIDBeingRespondedTo = request.MessageID;
  response.DimseStatus = STATUS_N_UnrecognizedOperation;
  response.DataSetType = DIMSE_DATASET_NULL;
  return send(session, context, message);
}

}  // namespace

Next answer_echo(Session& session,
                 T_ASC_PresentationContextID presentation_context,
                 const T_DIMSE_C_EchoRQ& request) {
  session.watchdog.enter(AssociationPhase::working);
  const OFCondition sent =
      DIMSE_sendEchoResponse(session.association, presentation_context, &request, STATUS_Success, nullptr);
  return sent.good() ? Next::go_on : Next::broken;
}

Next answer_event_report(Session& session,
                         T_ASC_PresentationContextID presentation_context,
                         const T_DIMSE_N_EventReportRQ& request) {
  const bool commitment =
      std::string_view(request.AffectedSOPClassUID) == UID_StorageCommitmentPushModelSOPClass;
  std::optional<DIC_US> status = STATUS_N_NoSuchSOPClass;
  if (commitment && request.DataSetType != DIMSE_DATASET_NULL) {
    try {
      status = receive_report(session, presentation_context);
    } catch (const std::system_error& error) {
      session.log.error("SPOOL_FAILED", {{"error", error.code().message()}});
      return Next::broken;
    }
    if (!status) return Next::broken;
  } else if (skip_data_set(session, presentation_context, request.DataSetType) == Next::broken) {
    return Next::broken;
  }
  T_DIMSE_Message message{};
  message.CommandField = DIMSE_N_EVENT_REPORT_RSP;
  T_DIMSE_N_EventReportRSP& response = message.msg.NEventReportRSP;
  response.MessageIDBeingRespondedTo = request.MessageID;
  response.DimseStatus = *status;
  response.DataSetType = DIMSE_DATASET_NULL;
  response.EventTypeID = request.EventTypeID;
  response.opts = O_NEVENTREPORT_EVENTTYPEID;
  return send(session, presentation_context, message);
}

Next answer_unsupported(Session& session,
                        T_ASC_PresentationContextID presentation_context,
                        const T_DIMSE_Message& message) {
  session.log.warning("UNSUPPORTED_REQUEST",
                      {{"command", static_cast<int>(message.CommandField)}, {"peer", session.peer_ae_title}});
  T_DIMSE_Message response{};
  response.CommandField = static_cast<T_DIMSE_Command>(message.CommandField | 0x8000);
  const auto answer = [&](const auto& request, auto& response_body) {
    return refuse(session, presentation_context, request, response, response_body);
  };
  switch (message.CommandField) {
    case DIMSE_C_FIND_RQ:
      return answer(message.msg.CFindRQ, response.msg.CFindRSP);
    case DIMSE_C_GET_RQ:
      return answer(message.msg.CGetRQ, response.msg.CGetRSP);
    case DIMSE_C_MOVE_RQ:
      return answer(message.msg.CMoveRQ, response.msg.CMoveRSP);
    case DIMSE_N_GET_RQ:
      return answer(message.msg.NGetRQ, response.msg.NGetRSP);
    case DIMSE_N_SET_RQ:
      return answer(message.msg.NSetRQ, response.msg.NSetRSP);
    case DIMSE_N_ACTION_RQ:
      return answer(message.msg.NActionRQ, response.msg.NActionRSP);
    case DIMSE_N_CREATE_RQ:
      return answer(message.msg.NCreateRQ, response.msg.NCreateRSP);
    case DIMSE_N_DELETE_RQ:
      return answer(message.msg.NDeleteRQ, response.msg.NDeleteRSP);
    case DIMSE_C_CANCEL_RQ:
      return Next::go_on;
    default:
      return Next::broken;
  }
}

}  // namespace focalhip
