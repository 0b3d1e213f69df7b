#include "listener/programs/jobs_command.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <variant>

#include "config/load_config.h"
#include "listener/jobs/accession_digest.h"
#include "listener/jobs/job_input.h"
#include "listener/jobs/job_store.h"
#include "listener/programs/print_jobs.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

constexpr int done = 0;
constexpr int failed = 1;
constexpr int wrong_usage = 2;
constexpr std::int64_t listed_jobs = 100;
constexpr int listed_alarms = 20;

constexpr const char* usage =
    "usage: focalhip jobs list     --config FILE [--json] [--accession NUMBER] [--all]\n"
    "       focalhip jobs show ID  --config FILE [--json]\n"
    "       focalhip jobs retry ID --config FILE\n"
    "       focalhip jobs drop ID  --config FILE\n"
    "list   the newest jobs with their deliveries, and the latest alarms (--all: every job)\n"
    "show   everything about one job\n"
    "retry  sends parked deliveries again; without any, analyses a done, refused or dropped job again\n"
    "drop   stops a queued or running job and cancels what has not been sent\n";

struct Wish {
  std::string action;
  std::int64_t id = 0;
  std::string config_file;
  std::string accession;
  bool json = false;
  bool all = false;
};

// The value of `option` at args[at], given as the next argument or after '='; moves `at` over it.
std::optional<std::string> value_of(std::span<const std::string> args,
                                    std::size_t& at,
                                    const std::string& option) {
  if (args[at].starts_with(option + "=")) return args[at].substr(option.size() + 1);
  if (args[at] != option || at + 1 >= args.size()) return std::nullopt;
  return args[++at];
}

bool read_id(const std::string& text, std::int64_t& id) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc{} && end == text.data() + text.size() && id > 0;
}

std::optional<Wish> wish_of(std::span<const std::string> args) {
  Wish wish;
  for (std::size_t at = 0; at < args.size(); ++at) {
    const std::string& word = args[at];
    if (word == "--json") {
      wish.json = true;
    } else if (word == "--all") {
      wish.all = true;
    } else if (const auto file = value_of(args, at, "--config")) {
      wish.config_file = *file;
    } else if (const auto accession = value_of(args, at, "--accession")) {
      wish.accession = *accession;
    } else if (wish.action.empty() && !word.starts_with("-")) {
      wish.action = word;
    } else if (wish.id != 0 || !read_id(word, wish.id)) {
      return std::nullopt;
    }
  }
  const bool about_one = wish.action == "show" || wish.action == "retry" || wish.action == "drop";
  const bool complete = (wish.action == "list" && wish.id == 0) || (about_one && wish.id != 0);
  const bool list_only = !wish.accession.empty() || wish.all;
  if (!complete || wish.config_file.empty() || (about_one && list_only)) return std::nullopt;
  return wish;
}

std::int64_t job_count(JobStore& store) {
  std::int64_t count = 0;
  for (const auto& [state, jobs] : store.counts().jobs) count += jobs;
  return count;
}

JobsView view_of(JobStore& store, const Wish& wish) {
  JobsView view;
  if (!wish.accession.empty()) {
    for (const Job& job : store.jobs(accession_digest(wish.accession))) {
      view.jobs.push_back({job, store.deliveries(job.id)});
    }
    return view;
  }
  const std::int64_t all = job_count(store);
  const std::int64_t most = wish.all ? all : std::min(all, listed_jobs);
  for (const Job& job : store.recent_jobs(static_cast<int>(most))) {
    view.jobs.push_back({job, store.deliveries(job.id)});
  }
  view.not_shown = all - most;
  view.alarms = store.alarms(listed_alarms);
  return view;
}

int list(JobStore& store, const Wish& wish, std::ostream& out) {
  const JobsView view = view_of(store, wish);
  wish.json ? print_json(out, view) : print_table(out, view);
  return done;
}

int show(JobStore& store, const Wish& wish, const Job& job, std::ostream& out) {
  const JobView view{job, store.deliveries(job.id)};
  wish.json ? print_json(out, view) : print_details(out, view);
  return done;
}

// Parked results need only to be sent; otherwise the job is worked on again, which needs what was received.
bool can_be_worked_on(JobStore& store, const Job& job, const std::filesystem::path& data_folder) {
  for (const Delivery& delivery : store.deliveries(job.id))
    if (delivery.state == DeliveryState::parked) return true;
  const std::vector<std::string> files = job_input_from_json(job.what.input).files;
  return std::all_of(files.begin(), files.end(), [&](const std::string& file) {
    return std::filesystem::exists(data_folder / file);
  });
}

int change(JobStore& store,
           const Wish& wish,
           const Job& job,
           const std::filesystem::path& data_folder,
           std::ostream& out,
           std::ostream& errors) {
  const bool again = wish.action == "retry";
  if (again && !can_be_worked_on(store, job, data_folder)) {
    errors << "job " << wish.id
           << ": its received objects are no longer kept: send the study again, then retry\n";
    return failed;
  }
  const bool changed = again ? store.retry(wish.id, utc_now_ms()) : store.drop(wish.id, utc_now_ms());
  if (changed) {
    out << "job " << wish.id << ": " << (again ? "tried again" : "dropped") << "\n";
    return done;
  }
  errors
      << "job " << wish.id << ": "
      << (again ? "nothing to retry (it is queued, running or superseded, or its deliveries are on their way)"
                : "nothing to drop (it ended and everything was sent)")
      << "\n";
  return failed;
}

int run(const Wish& wish, const NodeConfig& config, std::ostream& out, std::ostream& errors) {
  // Looking must not create a store: run as root, it would belong to root and lock the service out.
  const bool sqlite = config.store.url == "sqlite";
  if (sqlite && !std::filesystem::exists(config.node.data_folder / "jobs.sqlite")) {
    errors << "no job store in " << config.node.data_folder.string() << ": the node has not run yet\n";
    return failed;
  }
  const std::unique_ptr<JobStore> store = JobStore::open(config.store, config.node.data_folder);
  if (wish.action == "list") return list(*store, wish, out);
  const std::optional<Job> job = store->job(wish.id);
  if (!job) {
    errors << "no job " << wish.id << "\n";
    return failed;
  }
  if (wish.action == "show") return show(*store, wish, *job, out);
  return change(*store, wish, *job, config.node.data_folder, out, errors);
}

}  // namespace

int jobs_command(std::span<const std::string> args) { return jobs_command(args, std::cout, std::cerr); }

int jobs_command(std::span<const std::string> args, std::ostream& out, std::ostream& errors) {
  for (const std::string& word : args) {
    if (word != "--help" && word != "-h") continue;
    out << usage;
    return done;
  }
  const std::optional<Wish> wish = wish_of(args);
  if (!wish) {
    errors << usage;
    return wrong_usage;
  }
  try {
    const auto loaded = load_config(wish->config_file);
    if (const auto* problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
      for (const ConfigProblem& problem : *problems) errors << problem.text() << "\n";
      return wrong_usage;
    }
    return run(*wish, std::get<NodeConfig>(loaded), out, errors);
  } catch (const std::exception& problem) {
    errors << "focalhip jobs: " << problem.what() << "\n";
    return failed;
  }
}

}  // namespace focalhip
