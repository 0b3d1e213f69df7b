#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dimse.h>
#include <unistd.h>

#include "tests/support/child_process.h"
#include "tests/support/forked_process.h"
#include "tests/support/free_port.h"

namespace focalhip::testing_support {

// How a storage peer behaves; what storescp cannot be told to do.
struct StorageScript {
  std::vector<std::string> sop_class_uids = {};  // accepted; empty = every one that is proposed
  bool implicit_only = false;                    // accepts implicit little endian only
  // Answer to the n-th C-STORE of the process's life; the last one holds for all that follow.
  std::vector<std::uint16_t> statuses = {0x0000};
  int abort_at = 0;  // A-ABORT instead of the answer to this C-STORE, counted from 1; 0 = never
  int hang_at = 0;   // says nothing any more
};

// A storage SCP in a process of its own, one association at a time. What it was sent is in received(), one
// line
// "<SOP instance UID> <transfer syntax UID>" each.
class ScriptedStorageScp {
 public:
  ScriptedStorageScp(StorageScript script,
                     const std::filesystem::path& record,
                     std::uint16_t port = free_port())
      : port_(port), record_(record), process_([=] { return serve(script, record, port); }) {
    if (!wait_until([&] { return port_answers(port_); }, std::chrono::seconds(10))) {
      throw std::runtime_error("the scripted peer does not listen");
    }
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::vector<std::string> received() const {
    std::vector<std::string> lines;
    std::ifstream in(record_);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

 private:
  static void accept_contexts(T_ASC_Parameters* parameters, const StorageScript& script) {
    const char* explicit_first[] = {UID_LittleEndianExplicitTransferSyntax,
                                    UID_LittleEndianImplicitTransferSyntax};
    const char* implicit_only[] = {UID_LittleEndianImplicitTransferSyntax};
    std::vector<std::string> wanted = script.sop_class_uids;
    for (int i = 0; script.sop_class_uids.empty() && i < ASC_countPresentationContexts(parameters); ++i) {
      T_ASC_PresentationContext context;
      ASC_getPresentationContext(parameters, i, &context);
      wanted.emplace_back(context.abstractSyntax);
    }
    std::vector<const char*> pointers;
    for (const std::string& uid : wanted) pointers.push_back(uid.c_str());
    ASC_acceptContextsWithPreferredTransferSyntaxes(parameters,
                                                    pointers.data(),
                                                    static_cast<int>(pointers.size()),
                                                    script.implicit_only ? implicit_only : explicit_first,
                                                    script.implicit_only ? 1 : 2);
  }

  // False: the association is over.
  static bool answer_one(T_ASC_Association* association,
                         const StorageScript& script,
                         const std::filesystem::path& record,
                         int& count) {
    T_DIMSE_Message message{};
    T_ASC_PresentationContextID id = 0;
    const OFCondition got = DIMSE_receiveCommand(association, DIMSE_BLOCKING, 0, &id, &message, nullptr);
    if (got == DUL_PEERREQUESTEDRELEASE) {
      ASC_acknowledgeRelease(association);
      return false;
    }
    if (got.bad() || message.CommandField != DIMSE_C_STORE_RQ) return false;
    T_DIMSE_C_StoreRQ& request = message.msg.CStoreRQ;
    DcmDataset* dataset = nullptr;
    if (DIMSE_receiveDataSetInMemory(association, DIMSE_BLOCKING, 0, &id, &dataset, nullptr, nullptr).bad())
      return false;
    const std::unique_ptr<DcmDataset> owned(dataset);
    ++count;
    std::ofstream(record, std::ios::app) << request.AffectedSOPInstanceUID << " "
                                         << DcmXfer(owned->getOriginalXfer()).getXferID() << std::endl;
    if (count == script.abort_at) {
      ASC_abortAssociation(association);
      return false;
    }
    if (count == script.hang_at) ::sleep(600);
    T_DIMSE_C_StoreRSP response{};
    const std::size_t place = std::min(static_cast<std::size_t>(count), script.statuses.size()) - 1;
    response.DimseStatus = script.statuses[place];
    response.MessageIDBeingRespondedTo = request.MessageID;
    response.DataSetType = DIMSE_DATASET_NULL;
    return DIMSE_sendStoreResponse(association, id, &request, &response, nullptr).good();
  }

  static int serve(const StorageScript& script, const std::filesystem::path& record, std::uint16_t port) {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    T_ASC_Network* network = nullptr;
    if (ASC_initializeNetwork(NET_ACCEPTOR, port, 30, &network).bad()) return 1;
    for (int count = 0;;) {
      T_ASC_Association* association = nullptr;
      if (ASC_receiveAssociation(network, &association, ASC_DEFAULTMAXPDU).good()) {
        accept_contexts(association->params, script);
        if (ASC_acknowledgeAssociation(association).good()) {
          while (answer_one(association, script, record, count)) {
          }
        }
      }
      ASC_dropAssociation(association);
      ASC_destroyAssociation(&association);
    }
  }

  std::uint16_t port_;
  std::filesystem::path record_;
  ForkedProcess process_;
};

}  // namespace focalhip::testing_support
