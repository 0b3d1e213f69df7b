#include "listener/worker/lease_keeper.h"

#include <chrono>
#include <csignal>
#include <exception>

#include <unistd.h>

#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {
constexpr std::chrono::milliseconds renew_every{8000};
}

LeaseKeeper::LeaseKeeper(const NodeConfig& config, const Job& job, const Log& log)
    : settings_(config.store), data_folder_(config.node.data_folder), job_(job), log_(log) {
  thread_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

void LeaseKeeper::keep(const std::stop_token& stop) {
  sigset_t all;  // signals are the main thread's
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, stop, renew_every, [] { return false; }) && !stop.stop_requested()) {
    try {
      renew_once();
    } catch (const std::exception& error) {  // the store is away: tried again, the lease lasts several rounds
      log_.warning("LEASE_NOT_RENEWED", {{"job", job_.id}, {"error", error.what()}});
      store_.reset();
    } catch (...) {
      store_.reset();
    }
  }
}

void LeaseKeeper::renew_once() {
  if (!store_) store_ = JobStore::open(settings_, data_folder_);
  if (store_->renew(job_, utc_now_ms() + job_lease_ms)) return;
  const std::optional<Job> now = store_->job(job_.id);
  const bool mine = now && now->state == JobState::running && now->attempt == job_.attempt;
  if (mine || (now && (now->state == JobState::done || now->state == JobState::refused)))
    return;  // just finished
  log_.info("OVERTAKEN", {{"job", job_.id}});
  ::_exit(0);
}

}  // namespace focalhip
