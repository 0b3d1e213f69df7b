#include "listener/association/negotiate.h"

#include <algorithm>
#include <array>
#include <span>

#include <dcmtk/dcmdata/dcuid.h>

#include "listener/spool/scan_values.h"

namespace focalhip {

namespace {

// In order of preference: what needs no decoding first. No big endian, no deflate (bombs), no JPEG 2000:
// peers that hold such objects transcode them or say that they cannot.
constexpr std::array<const char*, 6> storage_transfer_syntaxes = {
    UID_LittleEndianExplicitTransferSyntax,
    UID_LittleEndianImplicitTransferSyntax,
    UID_JPEGProcess14SV1TransferSyntax,
    UID_JPEGProcess14TransferSyntax,
    UID_JPEGLSLosslessTransferSyntax,
    UID_RLELosslessTransferSyntax,
};
constexpr std::span<const char* const> plain_transfer_syntaxes =
    std::span(storage_transfer_syntaxes).first<2>();

Rejection rejection(T_ASC_RejectParametersResult result,
                    T_ASC_RejectParametersSource source,
                    T_ASC_RejectParametersReason reason,
                    std::string_view text) {
  return {.parameters = {result, source, reason}, .reason = text};
}

Rejection permanent(T_ASC_RejectParametersReason reason, std::string_view text) {
  return rejection(ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, reason, text);
}

bool is_us(const NodeSettings& node, const std::string& called) {
  return called == node.ae_title ||
         std::find(node.called_aliases.begin(), node.called_aliases.end(), called) !=
             node.called_aliases.end();
}

// The first of ours that the peer proposed; nullptr when there is none.
const char* choose(std::span<const char* const> ours, const T_ASC_PresentationContext& proposed) {
  for (const char* const candidate : ours)
    for (unsigned i = 0; i < proposed.transferSyntaxCount; ++i)
      if (std::string_view(proposed.proposedTransferSyntaxes[i]) == candidate) return candidate;
  return nullptr;
}

bool answer(T_ASC_Parameters& request, const T_ASC_PresentationContext& proposed) {
  const std::string_view abstract_syntax = proposed.abstractSyntax;
  const bool commitment = abstract_syntax == UID_StorageCommitmentPushModelSOPClass;
  const bool storage = policy_of(abstract_syntax) != ObjectPolicy::not_supported;
  if (!commitment && !storage && abstract_syntax != UID_VerificationSOPClass) {
    ASC_refusePresentationContext(&request, proposed.presentationContextID, ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
    return false;
  }
  const char* const transfer_syntax = choose(
      storage ? std::span<const char* const>(storage_transfer_syntaxes) : plain_transfer_syntaxes, proposed);
  if (transfer_syntax == nullptr) {
    ASC_refusePresentationContext(
        &request, proposed.presentationContextID, ASC_P_TRANSFERSYNTAXESNOTSUPPORTED);
    return false;
  }
  // A peer that reports storage commitments calls us as SCP of that class; the roles are then exchanged. Some
  // archives forget the role selection: their default role is accepted as well.
  const T_ASC_SC_ROLE role =
      commitment && proposed.proposedRole != ASC_SC_ROLE_DEFAULT ? ASC_SC_ROLE_SCP : ASC_SC_ROLE_DEFAULT;
  return ASC_acceptPresentationContext(
             &request, proposed.presentationContextID, transfer_syntax, role, OFTrue)
      .good();
}

}  // namespace

std::span<const char* const> accepted_storage_transfer_syntaxes() { return storage_transfer_syntaxes; }

ObjectPolicy policy_of(std::string_view sop_class_uid) {
  constexpr std::array<std::string_view, 3> ct_classes = {
      UID_CTImageStorage, UID_EnhancedCTImageStorage, UID_LegacyConvertedEnhancedCTImageStorage};
  if (std::find(ct_classes.begin(), ct_classes.end(), sop_class_uid) != ct_classes.end())
    return ObjectPolicy::keep;
  return dcmIsaStorageSOPClassUID(std::string(sop_class_uid).c_str(), ESSC_All) ? ObjectPolicy::drop
                                                                                : ObjectPolicy::not_supported;
}

Caller judge_caller(T_ASC_Parameters& request,
                    const NodeConfig& config,
                    const AddressBook& book,
                    const IpAddress& address,
                    const std::function<bool(std::uint32_t peer_index)>& may_accept) {
  std::array<char, 128> calling{};
  std::array<char, 128> called{};
  std::array<char, 128> context{};
  ASC_getAPTitles(&request, calling.data(), calling.size(), called.data(), called.size(), nullptr, 0);
  ASC_getApplicationContextName(&request, context.data(), context.size());
  Caller caller{.calling_ae_title = trimmed(calling.data()),
                .called_ae_title = trimmed(called.data()),
                .peer_ae_title = {},
                .rejection = {}};
  if (std::string_view(context.data()) != UID_StandardApplicationContext) {
    caller.rejection =
        permanent(ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED, "application context not supported");
    return caller;
  }
  if (!is_us(config.node, caller.called_ae_title)) {
    caller.rejection = permanent(ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED, "called AE title not recognised");
    return caller;
  }
  const std::optional<std::size_t> peer = book.find(caller.calling_ae_title, address);
  if (!peer) {
    caller.rejection = permanent(ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED,
                                 "calling AE title not recognised for this address");
    return caller;
  }
  caller.peer_ae_title = config.peers[*peer].ae_title;
  if (!may_accept(static_cast<std::uint32_t>(*peer)))
    caller.rejection = rejection(ASC_RESULT_REJECTEDTRANSIENT,
                                 ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
                                 ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED,
                                 "too many associations of this peer");
  return caller;
}

int answer_presentation_contexts(T_ASC_Parameters& request) {
  int accepted = 0;
  const int count = ASC_countPresentationContexts(&request);
  for (int i = 0; i < count; ++i) {
    T_ASC_PresentationContext proposed{};
    // More transfer syntaxes than DCMTK can list: it reports none, and the context is refused.
    ASC_getPresentationContext(&request, i, &proposed);
    if (answer(request, proposed)) ++accepted;
  }
  return accepted;
}

}  // namespace focalhip
