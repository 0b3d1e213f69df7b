#include "listener/sender/store_association.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dimse.h>

namespace focalhip {

namespace {

constexpr std::size_t most_contexts = 128;  // identifiers are the odd numbers of a byte

std::string in_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

void check(const OFCondition& condition, const std::string& action) {
  if (condition.bad()) throw PeerError(action + ": " + in_one_line(condition.text()));
}

void copy_uid(const std::string& uid, DIC_UI& target) {
  if (uid.empty() || uid.size() > 64) throw std::runtime_error("a UID of the object has no valid length");
  std::copy(uid.begin(), uid.end(), target);
  target[uid.size()] = '\0';
}

std::string rejection_text(T_ASC_Parameters* parameters) {
  T_ASC_RejectParameters rejection;
  ASC_getRejectParameters(parameters, &rejection);
  OFString text;
  ASC_printRejectParameters(text, &rejection);
  return in_one_line(text.c_str());
}

// The packaged library leaves Nagle's algorithm on, so that each object waits for a delayed acknowledgement;
// it hides its socket, but asks the environment.
void disable_nagle() { ::setenv("TCP_NODELAY", "1", 1); }

void propose(T_ASC_Parameters* parameters, const std::vector<std::string>& sop_class_uids) {
  const char* transfer_syntaxes[] = {UID_LittleEndianExplicitTransferSyntax,
                                     UID_LittleEndianImplicitTransferSyntax};
  const std::set<std::string> each_once(sop_class_uids.begin(), sop_class_uids.end());
  if (each_once.size() > most_contexts)
    throw std::runtime_error("more SOP classes than presentation contexts");
  T_ASC_PresentationContextID id = 1;
  for (const std::string& uid : each_once) {
    check(ASC_addPresentationContext(parameters, id, uid.c_str(), transfer_syntaxes, 2),
          "proposing a presentation context");
    id = static_cast<T_ASC_PresentationContextID>(id + 2);
  }
}

// A data set as sent by us, read from memory.
DcmFileFormat parsed(const std::string& part10) {
  DcmInputBufferStream stream;
  stream.setBuffer(part10.data(), static_cast<offile_off_t>(part10.size()));
  stream.setEos();
  DcmFileFormat file;
  file.transferInit();
  if (file.read(stream).bad()) throw std::runtime_error("an object of the outbox cannot be parsed");
  file.transferEnd();
  return file;
}

}  // namespace

struct StoreAssociation::State {
  T_ASC_Network* network = nullptr;
  T_ASC_Parameters* parameters = nullptr;  // ours until the association takes it
  T_ASC_Association* association = nullptr;
  bool established = false;
  int timeout_s = 60;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (established) ASC_abortAssociation(association);
    if (association != nullptr) ASC_destroyAssociation(&association);
    if (parameters != nullptr) ASC_destroyAssociationParameters(&parameters);
    if (network != nullptr) ASC_dropNetwork(&network);
  }
};

StoreAssociation::StoreAssociation(const SendOptions& options, const std::vector<std::string>& sop_class_uids)
    : state_(std::make_unique<State>()) {
  state_->timeout_s = static_cast<int>(options.timeout.count());
  dcmConnectionTimeout.set(state_->timeout_s);
  dcmSocketSendTimeout.set(state_->timeout_s);
  dcmSocketReceiveTimeout.set(state_->timeout_s);
  disable_nagle();
  check(ASC_initializeNetwork(NET_REQUESTOR, 0, state_->timeout_s, &state_->network),
        "preparing the network");
  check(ASC_createAssociationParameters(&state_->parameters, ASC_MAXIMUMPDUSIZE),
        "preparing the association");
  ASC_setAPTitles(
      state_->parameters, options.calling_ae_title.c_str(), options.called_ae_title.c_str(), nullptr);
  const std::string peer = options.host + ":" + std::to_string(options.port);
  ASC_setPresentationAddresses(state_->parameters, OFStandard::getHostName().c_str(), peer.c_str());
  propose(state_->parameters, sop_class_uids);
  const OFCondition requested = ASC_requestAssociation(state_->network,
                                                       state_->parameters,
                                                       &state_->association,
                                                       nullptr,
                                                       nullptr,
                                                       DUL_NOBLOCK,
                                                       state_->timeout_s);
  T_ASC_Parameters* parameters = state_->parameters;
  if (state_->association != nullptr) state_->parameters = nullptr;  // the association frees them
  if (requested == DUL_ASSOCIATIONREJECTED) {
    throw PeerError("association rejected: " + rejection_text(parameters));
  }
  check(requested, "association with " + peer);
  state_->established = true;
}

StoreAssociation::~StoreAssociation() = default;

bool StoreAssociation::accepts(std::string_view sop_class_uid) const {
  return ASC_findAcceptedPresentationContextID(state_->association, std::string(sop_class_uid).c_str()) != 0;
}

std::uint16_t StoreAssociation::store(const OutboxObject& object, const std::string& part10) {
  DcmFileFormat file = parsed(part10);
  T_DIMSE_C_StoreRQ request{};
  request.MessageID = state_->association->nextMsgID++;
  copy_uid(object.sop_class_uid, request.AffectedSOPClassUID);
  copy_uid(object.sop_instance_uid, request.AffectedSOPInstanceUID);
  request.DataSetType = DIMSE_DATASET_PRESENT;
  request.Priority = DIMSE_PRIORITY_MEDIUM;
  T_DIMSE_C_StoreRSP response{};
  DcmDataset* detail = nullptr;
  const T_ASC_PresentationContextID context =
      ASC_findAcceptedPresentationContextID(state_->association, object.sop_class_uid.c_str());
  const OFCondition sent = DIMSE_storeUser(state_->association,
                                           context,
                                           &request,
                                           nullptr,
                                           file.getDataset(),
                                           nullptr,
                                           nullptr,
                                           DIMSE_NONBLOCKING,
                                           state_->timeout_s,
                                           &response,
                                           &detail);
  const std::unique_ptr<DcmDataset> owned_detail(detail);
  check(sent, "sending " + object.file_name);
  return response.DimseStatus;
}

void StoreAssociation::release() {
  state_->established = false;
  const OFCondition released = ASC_releaseAssociation(state_->association);
  if (released.bad())
    ASC_abortAssociation(state_->association);  // everything was answered: not an error of ours
}

}  // namespace focalhip
