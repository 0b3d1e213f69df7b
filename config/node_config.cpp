#include "config/node_config.h"

#include <algorithm>

namespace focalhip {

namespace {

Destination own_destination(const Peer& peer) {
  return {.name = peer.ae_title,
          .ae_title = peer.ae_title,
          .host = peer.host,
          .port = peer.port,
          .secondary_capture = peer.secondary_capture};
}

}  // namespace

const Peer* NodeConfig::peer(const std::string& calling_ae_title) const {
  const auto found = std::ranges::find_if(peers, [&](const Peer& candidate) {
    return candidate.ae_title == calling_ae_title ||
           std::ranges::find(candidate.aliases, calling_ae_title) != candidate.aliases.end();
  });
  return found == peers.end() ? nullptr : &*found;
}

std::vector<Destination> NodeConfig::destinations_of(const Peer& peer) const {
  if (peer.silent) return {};
  if (peer.results_to.empty()) return {own_destination(peer)};
  std::vector<Destination> found;
  for (const std::string& name : peer.results_to) {
    if (const auto match = std::ranges::find(destinations, name, &Destination::name);
        match != destinations.end()) {
      found.push_back(*match);
    } else if (const auto other = std::ranges::find(peers, name, &Peer::ae_title); other != peers.end()) {
      found.push_back(own_destination(*other));
    }
  }
  return found;
}

}  // namespace focalhip
