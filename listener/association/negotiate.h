#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

#include "config/node_config.h"
#include "listener/association/address_book.h"

namespace focalhip {

// What becomes of the objects of a SOP class.
enum class ObjectPolicy {
  keep,           // CT images: spooled
  drop,           // every other storage class: answered 0000H and not kept (auto-routes send whole studies)
  not_supported,  // no storage class at all
};
[[nodiscard]] ObjectPolicy policy_of(std::string_view sop_class_uid);
// Of storage presentation contexts, in the order of preference.
[[nodiscard]] std::span<const char* const> accepted_storage_transfer_syntaxes();

struct Rejection {
  T_ASC_RejectParameters parameters;
  std::string_view reason;  // for the log
};

struct Caller {
  std::string calling_ae_title;
  std::string called_ae_title;
  std::string peer_ae_title;  // as configured; calling_ae_title may be an alias
  std::optional<Rejection> rejection;
};

// Decides on the association request: application context, called AE title, calling AE title together with
// its address, and last the cap of that peer (`may_accept`, asked once and only when everything else is
// right).
[[nodiscard]] Caller judge_caller(T_ASC_Parameters& request,
                                  const NodeConfig& config,
                                  const AddressBook& book,
                                  const IpAddress& address,
                                  const std::function<bool(std::uint32_t peer_index)>& may_accept);

// Accepts or refuses each proposed presentation context. Returns the number of accepted ones.
int answer_presentation_contexts(T_ASC_Parameters& request);

}  // namespace focalhip
