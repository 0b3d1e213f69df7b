#include "listener/sender/send_objects.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmnet/diutil.h>

#include "listener/sender/choose_objects.h"
#include "listener/sender/store_association.h"
#include "listener/support/fault_points.h"

namespace focalhip {

namespace {

std::string hexadecimal(std::uint16_t status) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  for (const unsigned int shift : {12U, 8U, 4U, 0U}) text += digits[(unsigned{status} >> shift) & 15U];
  return text;
}

// "0111 Duplicate SOP Instance": the library's words for known values, never the peer's.
std::string status_text(std::uint16_t status) {
  const std::string words = status == 0x0111 ? "Duplicate SOP Instance" : DU_cstoreStatusString(status);
  return hexadecimal(status) + " " + words;
}

void add_error(std::string& error, const std::string& more) {
  if (!error.empty()) error += "; ";
  error += more;
}

std::vector<std::string> sop_classes_of(const std::vector<OutboxObject>& objects) {
  std::vector<std::string> uids;
  uids.reserve(objects.size());
  for (const OutboxObject& object : objects) uids.push_back(object.sop_class_uid);
  return uids;
}

void send_over(StoreAssociation& association,
               const ChosenObjects& chosen,
               const std::function<std::string(const OutboxObject&)>& bytes_of,
               const std::function<bool()>& go_on,
               SendResult& result) {
  for (const OutboxObject& object : chosen.objects) {
    if (!go_on()) return add_error(result.error, "stopped");
    const std::string bytes = bytes_of(object);
    const std::uint16_t status = association.store(object, bytes);
    fault_point("courier_in_send");
    const StoreOutcome outcome = store_outcome(status);
    result.objects.push_back({object.file_name, outcome, status, status_text(status)});
    const bool failed = outcome == StoreOutcome::refused || outcome == StoreOutcome::out_of_resources;
    if (failed) add_error(result.error, object.file_name + " refused: " + status_text(status));
    if (outcome == StoreOutcome::out_of_resources) return;
  }
}

}  // namespace

StoreOutcome store_outcome(std::uint16_t status) {
  if (status == 0x0000) return StoreOutcome::stored;
  if (status == 0x0111 || (status & 0xF000U) == 0xB000U) return StoreOutcome::stored_with_note;
  if ((status & 0xFF00U) == 0xA700U) return StoreOutcome::out_of_resources;
  return StoreOutcome::refused;
}

SendResult send_objects(const SendOptions& options,
                        const std::vector<OutboxObject>& objects,
                        const std::function<std::string(const OutboxObject&)>& bytes_of,
                        const std::function<bool()>& go_on) {
  SendResult result;
  try {
    StoreAssociation association(options, sop_classes_of(objects));
    fault_point("courier_connected");
    const ChosenObjects chosen = choose_objects(
        objects, options.secondary_capture, [&](std::string_view uid) { return association.accepts(uid); });
    for (const std::string& part : chosen.parts_not_accepted) {
      add_error(result.error, "no presentation context for " + part);
    }
    send_over(association, chosen, bytes_of, go_on, result);
    fault_point("courier_before_release");
    association.release();
  } catch (const PeerError& problem) {
    add_error(result.error, problem.what());
  }
  return result;
}

}  // namespace focalhip
