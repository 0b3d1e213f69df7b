#include "listener/association/receive_association.h"

#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dimse.h>
#include <poll.h>

#include "listener/association/answer_other.h"
#include "listener/association/answer_store.h"
#include "listener/association/association_folder.h"
#include "listener/association/implementation_uid.h"
#include "listener/association/negotiate.h"
#include "listener/association/process_limits.h"
#include "listener/association/session.h"
#include "listener/association/watchdog.h"
#include "listener/spool/spool_layout.h"
#include "listener/support/fault_points.h"
#include "listener/support/log.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

using std::chrono::steady_clock;

constexpr long max_pdu_bytes = 128L * 1024;  // the largest DCMTK takes
constexpr int drop_timeout_s = 2;            // for the peer to close after our last word

struct DropNetwork {
  void operator()(T_ASC_Network* network) const { ASC_dropNetwork(&network); }
};
struct DropAssociation {
  void operator()(T_ASC_Association* association) const {
    ASC_dropSCPAssociation(association, drop_timeout_s);
    ASC_destroyAssociation(&association);
  }
};
using Network = std::unique_ptr<T_ASC_Network, DropNetwork>;
using Association = std::unique_ptr<T_ASC_Association, DropAssociation>;

// How the message loop ended.
struct Outcome {
  AssociationEnd end = AssociationEnd::aborted;
  std::string detail;
};

// DCMTK takes over the socket. Its own socket timeouts are off: the watchdog ends what takes too long.
Network open_network(int socket, const LimitSettings& limits) {
  dcmDisableGethostbyaddr.set(OFTrue);
  dcmSocketReceiveTimeout.set(-1);
  dcmSocketSendTimeout.set(-1);
  dcmExternalSocketHandle.set(socket);
  T_ASC_Network* network = nullptr;
  const int timeout_s = static_cast<int>(limits.association_request.count());
  if (ASC_initializeNetwork(NET_ACCEPTOR, 0, timeout_s, &network).bad()) return nullptr;
  return Network(network);
}

void wait_for_message(int socket) {
  pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
  ::poll(&waiting, 1, -1);
}

[[nodiscard]] Next dispatch(Session& session,
                            T_ASC_PresentationContextID presentation_context,
                            const T_DIMSE_Message& message) {
  switch (message.CommandField) {
    case DIMSE_C_ECHO_RQ:
      return answer_echo(session, presentation_context, message.msg.CEchoRQ);
    case DIMSE_C_STORE_RQ:
      return answer_store(session, presentation_context, message.msg.CStoreRQ);
    case DIMSE_N_EVENT_REPORT_RQ:
      return answer_event_report(session, presentation_context, message.msg.NEventReportRQ);
    default:
      return answer_unsupported(session, presentation_context, message);
  }
}

// Messages until the association ends. `socket` is only waited on.
Outcome serve(Session& session, int socket) {
  for (;;) {
    session.watchdog.enter(AssociationPhase::idle);
    wait_for_message(socket);
    session.watchdog.enter(AssociationPhase::message);
    T_ASC_PresentationContextID presentation_context = 0;
    T_DIMSE_Message message{};
    const OFCondition received = DIMSE_receiveCommand(
        session.association, DIMSE_BLOCKING, 0, &presentation_context, &message, nullptr);
    if (received == DUL_PEERREQUESTEDRELEASE) {
      session.watchdog.enter(AssociationPhase::working);
      ASC_acknowledgeRelease(session.association);
      return {.end = AssociationEnd::released, .detail = {}};
    }
    if (received == DUL_PEERABORTEDASSOCIATION) return {.detail = "aborted by the peer"};
    if (received.bad()) {
      ASC_abortAssociation(session.association);
      return {.detail = std::string("message not understood: ") + received.text()};
    }
    if (dispatch(session, presentation_context, message) == Next::broken) {
      ASC_abortAssociation(session.association);
      return {.detail = "ended inside a message"};
    }
    if (session.watchdog.stop_requested()) {
      ASC_abortAssociation(session.association);
      return {.detail = "node is stopping"};
    }
  }
}

AssociationEnding ending_of(const Session& session, const Outcome& outcome) {
  std::string detail = outcome.detail;
  if (!session.last_problem.empty()) detail += (detail.empty() ? "" : "; ") + session.last_problem;
  return {.end = outcome.end,
          .ended_ms = utc_now_ms(),
          .stored = session.counts.stored,
          .dropped = session.counts.dropped,
          .refused = session.counts.refused,
          .detail = detail,
          .dropped_series = session.dropped_series};
}

void run_session(const NodeConfig& config,
                 T_ASC_Association* association,
                 const Caller& caller,
                 const IpAddress& address,
                 int socket,
                 Watchdog& watchdog,
                 const Log& log) {
  const SpoolLayout spool = spool_layout(config.node.data_folder, config.node.name);
  const UtcMs started_ms = utc_now_ms();
  fault_point("receiver_after_accept");
  AssociationFolder folder(spool,
                           new_spool_id(started_ms),
                           {.calling_ae_title = caller.calling_ae_title,
                            .called_ae_title = caller.called_ae_title,
                            .address = to_text(address),
                            .started_ms = started_ms});
  Session session{.association = association,
                  .config = config,
                  .spool = spool,
                  .peer_ae_title = caller.peer_ae_title,
                  .folder = folder,
                  .watchdog = watchdog,
                  .log = log};
  Outcome outcome = serve(session, socket);
  if (const std::string verdict = watchdog.verdict(); !verdict.empty()) outcome.detail = verdict;
  fault_point("receiver_before_ended");
  const AssociationEnding ending = ending_of(session, outcome);
  folder.finish(ending);
  fault_point("receiver_after_ended");
  log.info("ASSOCIATION_ENDED",
           {{"association", folder.id()},
            {"peer", caller.peer_ae_title},
            {"end", name(ending.end)},
            {"stored", ending.stored},
            {"dropped", ending.dropped},
            {"refused", ending.refused},
            {"bytes", session.counts.bytes},
            {"ms", ending.ended_ms - started_ms},
            {"detail", ending.detail}});
}

// From the request to the answer. False: nothing more to do.
[[nodiscard]] bool open_association(const NodeConfig& config,
                                    const AddressBook& book,
                                    const Connection& connection,
                                    T_ASC_Association* association,
                                    Caller& caller,
                                    const Log& log) {
  T_ASC_Parameters& request = *association->params;
  caller = judge_caller(request, config, book, connection.address, connection.may_accept);
  if (caller.rejection) {
    log.warning("ASSOCIATION_REJECTED",
                {{"reason", caller.rejection->reason},
                 {"calling", caller.calling_ae_title},
                 {"called", caller.called_ae_title},
                 {"address", to_text(connection.address)}});
    ASC_rejectAssociation(association, &caller.rejection->parameters);
    return false;
  }
  fault_point("receiver_before_accept");
  const int contexts = answer_presentation_contexts(request);
  OFStandard::strlcpy(request.ourImplementationClassUID,
                      implementation_class_uid.data(),
                      sizeof request.ourImplementationClassUID);
  OFStandard::strlcpy(request.ourImplementationVersionName,
                      implementation_version_name.data(),
                      sizeof request.ourImplementationVersionName);
  log.info("ASSOCIATION_ACCEPTED",
           {{"peer", caller.peer_ae_title},
            {"calling", caller.calling_ae_title},
            {"address", to_text(connection.address)},
            {"contexts", contexts}});
  return ASC_acknowledgeAssociation(association).good();
}

int receive(const NodeConfig& config, const AddressBook& book, Connection& connection, const Log& log) {
  limit_receiver_process(config.limits);
  const int socket = connection.socket.value();
  Watchdog watchdog(socket, config.limits, connection.connected_at);
  const Network network = open_network(socket, config.limits);
  if (!network) return 1;
  (void)connection.socket.release();  // DCMTK closes it
  T_ASC_Association* received = nullptr;
  const OFCondition request =
      ASC_receiveAssociation(network.get(),
                             &received,
                             max_pdu_bytes,
                             nullptr,
                             nullptr,
                             OFFalse,
                             DUL_NOBLOCK,
                             static_cast<int>(config.limits.association_request.count()));
  const Association association(received);
  if (request.bad()) {
    const std::string verdict = watchdog.verdict();
    log.warning("ASSOCIATION_REQUEST_BAD",
                {{"address", to_text(connection.address)},
                 {"reason", verdict.empty() ? std::string(request.text()) : verdict}});
    return 0;
  }
  Caller caller;
  if (open_association(config, book, connection, association.get(), caller, log))
    run_session(config, association.get(), caller, connection.address, socket, watchdog, log);
  return 0;
}

}  // namespace

int receive_association(const NodeConfig& config, const AddressBook& book, Connection connection) noexcept {
  const Log log("receiver");
  try {
    return receive(config, book, connection, log);
  } catch (const std::exception& error) {
    log.error("RECEIVER_FAILED", {{"error", error.what()}});
  } catch (...) {
    log.error("RECEIVER_FAILED", {{"error", "unknown"}});
  }
  return 1;
}

}  // namespace focalhip
