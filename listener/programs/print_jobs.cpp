#include "listener/programs/print_jobs.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

#include <nlohmann/json.hpp>

#include "listener/jobs/job_input.h"
#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

// AE titles and error texts may hold anything; a terminal gets printable ASCII.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

// "2026-11-23 06:17:01Z"
std::string to_the_second(UtcMs at_ms) {
  std::string text = utc_text(at_ms);
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text.erase(text.find('.')) + "Z";
}

nlohmann::json time_or_null(UtcMs at_ms) {
  return at_ms == 0 ? nlohmann::json(nullptr) : nlohmann::json(utc_text(at_ms));
}
nlohmann::json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
}

std::string delivery_summary(const Delivery& delivery) {
  std::string text = delivery.destination;
  text.append(" ").append(name(delivery.state));
  if (delivery.state == DeliveryState::pending && delivery.attempts > 0) {
    text += " (failed " + std::to_string(delivery.attempts) + "x, next " +
            to_the_second(delivery.next_try_ms) + ")";
  }
  return printable(text);
}

// What an administrator should read first: why it is not where it should be.
std::string trouble_of(const JobView& view) {
  if (!view.job.last_error.empty()) return printable(view.job.last_error);
  for (const Delivery& delivery : view.deliveries) {
    const bool stuck = delivery.state == DeliveryState::pending || delivery.state == DeliveryState::parked;
    if (stuck && !delivery.last_error.empty())
      return printable(delivery.destination + ": " + delivery.last_error);
  }
  return "";
}

void print_row(std::ostream& out, const JobView& view) {
  const Job& job = view.job;
  out << std::right << std::setw(6) << job.id << "  " << std::left << std::setw(10) << name(job.state) << "  "
      << std::setw(20) << (job.outcome_code.empty() ? "-" : printable(job.outcome_code)) << "  " << std::right
      << std::setw(3) << job.attempt << "  " << to_the_second(job.created_ms) << "  " << std::left
      << std::setw(16) << printable(job.what.calling_ae_title) << "  "
      << printable(job.what.study_instance_uid) << "\n";
  for (const Delivery& delivery : view.deliveries) out << "        -> " << delivery_summary(delivery) << "\n";
  if (const std::string trouble = trouble_of(view); !trouble.empty()) out << "        !  " << trouble << "\n";
}

nlohmann::json json_of(const Delivery& delivery) {
  const bool waits = delivery.state == DeliveryState::pending;
  return {{"id", delivery.id},
          {"destination", delivery.destination},
          {"state", name(delivery.state)},
          {"attempts", delivery.attempts},
          {"next_try", waits ? time_or_null(delivery.next_try_ms) : nlohmann::json(nullptr)},
          {"since", time_or_null(delivery.created_ms)},
          {"outbox_folder", text_or_null(delivery.outbox_folder)},
          {"last_error", text_or_null(delivery.last_error)}};
}

nlohmann::json json_of(const JobView& view) {
  nlohmann::json deliveries = nlohmann::json::array();
  for (const Delivery& delivery : view.deliveries) deliveries.push_back(json_of(delivery));
  const Job& job = view.job;
  return {{"id", job.id},
          {"state", name(job.state)},
          {"outcome_code", text_or_null(job.outcome_code)},
          {"study_instance_uid", job.what.study_instance_uid},
          {"series_instance_uid", job.what.series_instance_uid},
          {"calling_ae_title", job.what.calling_ae_title},
          {"generation", job.generation},
          {"attempt", job.attempt},
          {"priority", job.what.priority},
          {"created", time_or_null(job.created_ms)},
          {"changed", time_or_null(job.changed_ms)},
          {"lease_until", time_or_null(job.lease_until_ms)},
          {"owner", text_or_null(job.owner)},
          {"last_error", text_or_null(job.last_error)},
          {"deliveries", deliveries}};
}

nlohmann::json json_of(const Alarm& alarm) {
  return {
      {"id", alarm.id}, {"at", time_or_null(alarm.at_ms)}, {"code", alarm.code}, {"detail", alarm.detail}};
}

void print_input(std::ostream& out, const std::string& text) {
  try {
    const JobInput input = job_input_from_json(text);
    out << "files         " << input.files.size() << "\n";
    for (const std::string& line : input.other_series) out << "not chosen    " << printable(line) << "\n";
    if (!input.refusal_code.empty()) {
      out << "refusal       " << printable(input.refusal_code) << ": " << printable(input.refusal_detail)
          << "\n";
    }
  } catch (const std::exception&) {
    out << "files         unreadable job input\n";
  }
}

}  // namespace

void print_table(std::ostream& out, const JobsView& view) {
  out << "    ID  STATE       CODE                  TRY  RECEIVED (UTC)        FROM              STUDY\n";
  for (const JobView& job : view.jobs) print_row(out, job);
  if (view.jobs.empty()) out << "  no jobs\n";
  if (view.not_shown > 0) out << "  " << view.not_shown << " older jobs not shown (--all)\n";
  if (view.alarms.empty()) return;
  out << "\nALARMS, newest first\n";
  for (const Alarm& alarm : view.alarms) {
    out << "  " << to_the_second(alarm.at_ms) << "  " << std::left << std::setw(14) << printable(alarm.code)
        << "  " << printable(alarm.detail) << "\n";
  }
}

void print_details(std::ostream& out, const JobView& view) {
  const Job& job = view.job;
  out << "job           " << job.id << "\nstate         " << name(job.state);
  if (!job.outcome_code.empty()) out << " (" << printable(job.outcome_code) << ")";
  out << "\nstudy         " << printable(job.what.study_instance_uid) << "\nseries        "
      << printable(job.what.series_instance_uid) << "\nreceived from " << printable(job.what.calling_ae_title)
      << "\nreceived      " << to_the_second(job.created_ms) << "\nlast change   "
      << to_the_second(job.changed_ms) << "\nattempt       " << job.attempt << ", generation "
      << job.generation << ", priority " << job.what.priority << "\n";
  if (job.state == JobState::running) {
    out << "worked on by  " << printable(job.owner) << " until " << to_the_second(job.lease_until_ms) << "\n";
  }
  if (!job.last_error.empty()) out << "last error    " << printable(job.last_error) << "\n";
  print_input(out, job.what.input);
  for (const Delivery& delivery : view.deliveries) {
    out << "delivery      " << delivery_summary(delivery) << "\n";
    if (!delivery.last_error.empty()) out << "              " << printable(delivery.last_error) << "\n";
    if (!delivery.outbox_folder.empty()) out << "              " << printable(delivery.outbox_folder) << "\n";
  }
}

void print_json(std::ostream& out, const JobsView& view) {
  nlohmann::json jobs = nlohmann::json::array();
  for (const JobView& job : view.jobs) jobs.push_back(json_of(job));
  nlohmann::json alarms = nlohmann::json::array();
  for (const Alarm& alarm : view.alarms) alarms.push_back(json_of(alarm));
  out << nlohmann::json{{"jobs", jobs}, {"not_shown", view.not_shown}, {"alarms", alarms}}.dump(1) << "\n";
}

void print_json(std::ostream& out, const JobView& view) { out << json_of(view).dump(1) << "\n"; }

}  // namespace focalhip
