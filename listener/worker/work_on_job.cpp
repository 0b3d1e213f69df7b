#include "listener/worker/work_on_job.h"

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include "listener/series/analyse_series.h"
#include "listener/series/result_stamp.h"

namespace focalhip {

namespace {

std::optional<NotMeasured> refusal_of(const JobTask& task) {
  if (task.refusal) return task.refusal;
  if (task.input.refusal_code.empty()) return std::nullopt;
  const std::optional<RefusalCode> code = refusal_code_from_string(task.input.refusal_code);
  if (!code) throw std::runtime_error("unknown refusal code in the job: " + task.input.refusal_code);
  return NotMeasured{*code, task.input.refusal_detail};
}

StampRequest stamp_of(const NodeConfig& config, const JobTask& task, const AnalysisOptions& options) {
  StampRequest stamp;
  stamp.role = StampRole::node;
  stamp.node_name = config.node.ae_title;
  stamp.first_series_number = config.sending.first_series_number;
  stamp.created_ms = task.job.created_ms;
  stamp.study_instance_uid = task.job.what.study_instance_uid;
  stamp.content_digest = task.job.what.content_digest;
  stamp.identity_digest = task.job.what.identity_digest;
  stamp.configuration = result_configuration(options, "");
  stamp.refusal_code = task.refusal ? std::string(code_string(task.refusal->code)) : task.input.refusal_code;
  stamp.other_series = task.input.other_series;
  stamp.predecessors = task.predecessors;
  return stamp;
}

// A side of the sender's own outranks the one of the node.
void apply_peer(const Peer* peer, AnalysisOptions& options) {
  if (peer == nullptr || !peer->side) return;
  options.side = *peer->side;
  if (options.side != SideChoice::right && options.side != SideChoice::left) return;
  const bool right = options.side == SideChoice::right;
  options.instruction = right ? SideInstruction::measure_right : SideInstruction::measure_left;
  options.instruction_source = "the sender's configuration";
}

// Wall time of each stage, named by the first word of its announcement.
class StageClock {
 public:
  void begin(std::string_view stage) {
    end();
    name_ = stage.substr(0, stage.find(' '));
    begin_ = std::chrono::steady_clock::now();
  }
  [[nodiscard]] std::string text() {
    end();
    return text_;
  }

 private:
  void end() {
    if (name_.empty()) return;
    const auto took = std::chrono::steady_clock::now() - begin_;
    if (!text_.empty()) text_ += ',';
    text_ +=
        name_ + ':' + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    name_.clear();
  }
  std::string name_;
  std::string text_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace

JobResult work_on_job(const NodeConfig& config, const JobTask& task) {
  std::vector<std::filesystem::path> files;
  files.reserve(task.input.files.size());
  for (const std::string& file : task.input.files) files.push_back(config.node.data_folder / file);
  AnalysisOptions options = config.analysis;
  options.threads = config.limits.threads_per_job;
  apply_peer(config.peer(task.job.what.calling_ae_title), options);
  StageClock clock;
  clock.begin("scan");
  const SeriesWork work = series_work(files, task.input.other_series, refusal_of(task));
  AnalysedSeries analysed = analyse_series(
      work, SubjectOverrides{}, stamp_of(config, task, options), options, [&clock](std::string_view stage) {
        clock.begin(stage);
      });
  JobResult result;
  result.stages = clock.text();
  result.objects = std::move(analysed.objects);
  if (analysed.report.refusal) result.outcome_code = code_string(analysed.report.refusal->code);
  return result;
}

}  // namespace focalhip
