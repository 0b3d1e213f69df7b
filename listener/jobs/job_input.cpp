#include "listener/jobs/job_input.h"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace focalhip {

std::string to_json(const JobInput& input) {
  const nlohmann::json json = {{"files", input.files},
                               {"other_series", input.other_series},
                               {"refusal_code", input.refusal_code},
                               {"refusal_detail", input.refusal_detail}};
  // Descriptions come from headers in any character set: what is no UTF-8 is replaced, not thrown.
  return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

JobInput job_input_from_json(const std::string& text) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    return {.files = json.at("files").get<std::vector<std::string>>(),
            .other_series = json.at("other_series").get<std::vector<std::string>>(),
            .refusal_code = json.at("refusal_code").get<std::string>(),
            .refusal_detail = json.at("refusal_detail").get<std::string>()};
  } catch (const nlohmann::json::exception& problem) {
    throw std::runtime_error(std::string("job input: ") + problem.what());
  }
}

}  // namespace focalhip
