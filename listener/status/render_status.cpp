#include "listener/status/render_status.h"

#include <array>
#include <string_view>

#include <nlohmann/json.hpp>

#include "listener/support/utc_clock.h"

namespace focalhip {

namespace {

constexpr std::array health_words = {"ok", "degraded", "failing"};

const char* word_of(Health health) { return health_words.at(static_cast<std::size_t>(health)); }

std::int64_t oldest_unsent_s(const StatusSnapshot& snapshot) {
  if (snapshot.counts.oldest_unsent_ms == 0) return 0;
  return (snapshot.now_ms - snapshot.counts.oldest_unsent_ms) / 1000;
}

// --- metrics

// Label values and HTML text: whatever could end them is replaced.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    switch (character) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += byte < 0x20U || byte > 0x7eU || character == '\\' ? '?' : character;
    }
  }
  return safe;
}

void add_metric(std::string& text, std::string_view name, std::string_view help, std::int64_t value) {
  const std::string full = "focalhip_" + std::string(name);
  text += "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " gauge\n";
  text += full + " " + std::to_string(value) + "\n";
}

void add_labelled(std::string& text,
                  std::string_view name,
                  std::string_view help,
                  std::string_view label,
                  const std::map<std::string, std::int64_t>& values) {
  const std::string full = "focalhip_" + std::string(name);
  text += "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " gauge\n";
  for (const auto& [key, value] : values) {
    text += full + "{" + std::string(label) + "=\"" + escaped(key) + "\"} " + std::to_string(value) + "\n";
  }
}

// --- page

using Cells = std::vector<std::string>;

std::string row(const Cells& cells, const char* element) {
  std::string html = "<tr>";
  for (const std::string& cell : cells) {
    html += std::string("<") + element + ">" + escaped(cell) + "</" + element + ">";
  }
  return html + "</tr>\n";
}

std::string table(const std::string& title, const Cells& head, const std::vector<Cells>& rows) {
  std::string html = "<h2>" + escaped(title) + "</h2>\n";
  if (rows.empty()) return html + "<p>none</p>\n";
  html += "<table>\n" + row(head, "th");
  for (const Cells& cells : rows) html += row(cells, "td");
  return html + "</table>\n";
}

std::vector<Cells> count_rows(const std::map<std::string, std::int64_t>& counts) {
  std::vector<Cells> rows;
  for (const auto& [state, count] : counts) rows.push_back({state, std::to_string(count)});
  return rows;
}

std::vector<Cells> place_rows(const StatusSnapshot& s) {
  return {{"open associations", std::to_string(s.open_associations)},
          {"objects being received", std::to_string(s.objects_in_reception)},
          {"objects in quarantine", std::to_string(s.quarantined)},
          {"free disk, MiB", std::to_string(s.free_bytes >> 20U)},
          {"nothing is accepted below, MiB", std::to_string(s.free_bytes_kept >> 20U)}};
}

std::vector<Cells> destination_rows(const StatusSnapshot& snapshot) {
  std::vector<Cells> rows;
  for (const auto& [name, d] : snapshot.destinations) {
    rows.push_back({name,
                    std::to_string(d.waiting),
                    std::to_string(d.parked),
                    std::to_string(d.delivered),
                    d.last_error});
  }
  return rows;
}

std::vector<Cells> job_rows(const StatusSnapshot& snapshot) {
  std::vector<Cells> rows;
  for (const Job& job : snapshot.recent_jobs) {
    rows.push_back({std::to_string(job.id),
                    std::string(name(job.state)),
                    job.outcome_code,
                    std::to_string(job.generation),
                    std::to_string(job.attempt),
                    utc_text(job.created_ms),
                    utc_text(job.changed_ms),
                    job.what.calling_ae_title,
                    job.last_error});
  }
  return rows;
}

std::vector<Cells> alarm_rows(const StatusSnapshot& snapshot) {
  std::vector<Cells> rows;
  for (const Alarm& alarm : snapshot.recent_alarms)
    rows.push_back({utc_text(alarm.at_ms), alarm.code, alarm.detail});
  return rows;
}

}  // namespace

std::string render_health(const StatusSnapshot& snapshot) {
  const nlohmann::json json = {{"status", word_of(health_of(snapshot))},
                               {"concerns", concerns_of(snapshot)},
                               {"version", snapshot.version},
                               {"node", snapshot.node_name},
                               {"ae_title", snapshot.ae_title},
                               {"time", utc_text(snapshot.now_ms)},
                               {"started", utc_text(snapshot.started_ms)},
                               {"jobs", snapshot.counts.jobs},
                               {"deliveries", snapshot.counts.deliveries},
                               {"alarms", snapshot.counts.alarms},
                               {"oldest_unsent_seconds", oldest_unsent_s(snapshot)},
                               {"free_bytes", snapshot.free_bytes}};
  return json.dump(1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string render_metrics(const StatusSnapshot& snapshot) {
  std::string text;
  add_metric(text, "up", "1 when the job store can be read", snapshot.store_error.empty() ? 1 : 0);
  add_labelled(text, "jobs", "Jobs by state", "state", snapshot.counts.jobs);
  add_labelled(text, "deliveries", "Deliveries by state", "state", snapshot.counts.deliveries);
  std::map<std::string, std::int64_t> waiting;
  for (const auto& [name, destination] : snapshot.destinations) waiting[name] = destination.waiting;
  add_labelled(text, "waiting_deliveries", "Results waiting for a destination", "destination", waiting);
  add_metric(text, "alarms", "Alarms raised", snapshot.counts.alarms);
  add_metric(text, "oldest_unsent_seconds", "Age of the oldest unsent result", oldest_unsent_s(snapshot));
  add_metric(text, "open_associations", "Associations that have brought objects", snapshot.open_associations);
  add_metric(text, "quarantined_objects", "Objects set aside", snapshot.quarantined);
  add_metric(text,
             "disk_free_bytes",
             "Free space of the data folder",
             static_cast<std::int64_t>(snapshot.free_bytes));
  return text;
}

std::string render_page(const StatusSnapshot& snapshot) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>FocalHip</title>\n"
      "<meta http-equiv=\"refresh\" content=\"10\">\n"
      "<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}"
      "td,th{border:1px solid #999;padding:2px 8px;text-align:left}</style></head><body>\n";
  html += "<h1>FocalHip " + escaped(snapshot.ae_title) + ": " + word_of(health_of(snapshot)) + "</h1>\n";
  html += "<p>version " + escaped(snapshot.version) + ", node " + escaped(snapshot.node_name) + ", " +
          utc_text(snapshot.now_ms) + ", running since " + utc_text(snapshot.started_ms) + "</p>\n";
  for (const std::string& concern : concerns_of(snapshot)) html += "<p><b>" + escaped(concern) + "</b></p>\n";
  html += table("Spool", {"what", "how many"}, place_rows(snapshot));
  html += table("Jobs", {"state", "how many"}, count_rows(snapshot.counts.jobs));
  html += table("Deliveries", {"state", "how many"}, count_rows(snapshot.counts.deliveries));
  html += table(
      "Destinations", {"name", "waiting", "parked", "delivered", "last error"}, destination_rows(snapshot));
  html +=
      table("Newest jobs",
            {"id", "state", "outcome", "generation", "attempt", "created", "changed", "from", "last error"},
            job_rows(snapshot));
  html += table("Newest alarms", {"time", "code", "detail"}, alarm_rows(snapshot));
  return html + "</body></html>\n";
}

}  // namespace focalhip
