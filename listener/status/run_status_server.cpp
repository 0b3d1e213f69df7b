#include "listener/status/run_status_server.h"

#include <cstdio>
#include <memory>
#include <mutex>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <poll.h>

#include "config/version.h"
#include "listener/status/render_status.h"
#include "listener/support/log.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

using Poco::Net::HTTPResponse;

constexpr UtcMs snapshot_life_ms = 1000;  // many readers cost no more than one

// Takes snapshots, at most one a second, whoever asks.
class SnapshotSource {
 public:
  explicit SnapshotSource(const NodeConfig& config) : config_(config), started_ms_(utc_now_ms()) {}

  StatusSnapshot latest() {
    const std::lock_guard lock(mutex_);
    const UtcMs now_ms = utc_now_ms();
    if (last_.now_ms == 0 || now_ms - last_.now_ms >= snapshot_life_ms || now_ms < last_.now_ms)
      last_ = take(now_ms);
    return last_;
  }

 private:
  StatusSnapshot take(UtcMs now_ms) const {
    StatusSnapshot snapshot;
    snapshot.version = focalhip_version();
    snapshot.node_name = config_.node.name;
    snapshot.ae_title = config_.node.ae_title;
    snapshot.now_ms = now_ms;
    snapshot.started_ms = started_ms_;
    try {
      look_at_spool(config_, snapshot);
      // Opened for each snapshot: the handlers run in different threads.
      look_at_store(*JobStore::open(config_.store, config_.node.data_folder), snapshot);
    } catch (const std::exception& error) {
      snapshot.store_error = error.what();
    }
    return snapshot;
  }

  const NodeConfig& config_;
  UtcMs started_ms_;
  std::mutex mutex_;
  StatusSnapshot last_;
};

struct Answer {
  HTTPResponse::HTTPStatus status = HTTPResponse::HTTP_OK;
  const char* type = "text/plain; charset=utf-8";
  std::string body;
};

Answer answer_to(const std::string& path, const StatusSnapshot& snapshot) {
  if (path == "/") return {HTTPResponse::HTTP_OK, "text/html; charset=utf-8", render_page(snapshot)};
  if (path == "/metrics")
    return {HTTPResponse::HTTP_OK, "text/plain; version=0.0.4", render_metrics(snapshot)};
  if (path == "/health") {
    const bool failing = health_of(snapshot) == Health::failing;
    return {failing ? HTTPResponse::HTTP_SERVICE_UNAVAILABLE : HTTPResponse::HTTP_OK,
            "application/json",
            render_health(snapshot)};
  }
  return {HTTPResponse::HTTP_NOT_FOUND, "text/plain; charset=utf-8", "/ /health /metrics\n"};
}

class Handler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(SnapshotSource& source) : source_(source) {}

  void handleRequest(Poco::Net::HTTPServerRequest& request,
                     Poco::Net::HTTPServerResponse& response) override {
    try {
      Answer answer{HTTPResponse::HTTP_METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "GET only\n"};
      if (request.getMethod() == "GET") answer = answer_to(request.getURI(), source_.latest());
      response.setStatusAndReason(answer.status);
      response.setContentType(answer.type);
      response.set("Cache-Control", "no-store");
      response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
      response.set("X-Content-Type-Options", "nosniff");
      response.sendBuffer(answer.body.data(), answer.body.size());
    } catch (...) {  // the peer went away
    }
  }

 private:
  SnapshotSource& source_;
};

class HandlerFactory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit HandlerFactory(SnapshotSource& source) : source_(source) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
    return std::make_unique<Handler>(source_).release();  // Poco takes it
  }

 private:
  SnapshotSource& source_;
};

Poco::Net::HTTPServerParams::Ptr server_limits() {
  Poco::Net::HTTPServerParams::Ptr limits(new Poco::Net::HTTPServerParams);  // counted by Poco
  limits->setMaxThreads(4);
  limits->setMaxQueued(16);
  limits->setKeepAlive(false);
  limits->setTimeout(Poco::Timespan(5, 0));
  return limits;
}

void wait_for_stop(int stop_fd) {
  pollfd polled{stop_fd, POLLIN, 0};
  while (::poll(&polled, 1, -1) < 0) continue;
}

}  // namespace

int run_status_server(const NodeConfig& config, int stop_fd) {
  const Log log("status");
  try {
    const Poco::Net::SocketAddress address(config.status.bind, config.status.port.value_or(0));
    const Poco::Net::ServerSocket socket(address);
    SnapshotSource source(config);
    Poco::ThreadPool threads(1, 4);
    Poco::Net::HTTPServer server(
        std::make_unique<HandlerFactory>(source).release(), threads, socket, server_limits());
    server.start();
    log.info("LISTENING", {{"address", socket.address().toString()}});
    wait_for_stop(stop_fd);
    server.stopAll(true);
    return 0;
  } catch (const Poco::Exception& error) {
    log.error("CANNOT_LISTEN", {{"error", error.displayText()}});
    return 1;
  }
}

}  // namespace focalhip
