#include "tests/proof/femur/femur_results.h"

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <tuple>

namespace focalhip::proof {

namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, at);) parts.push_back(part);
  return parts;
}

CaseValues parsed(const std::string& line) {
  const std::vector<std::string> parts = split(line, ',');
  if (parts.size() != 7 || parts[5].size() != 1) throw std::runtime_error("not a line of results: " + line);
  CaseValues values{.of = {.group = parts[0],
                           .column = parts[1],
                           .bone = std::stoi(parts[2]),
                           .seed = std::stoull(parts[3]),
                           .variant = parts[4]},
                    .side = parts[5][0],
                    .value = {}};
  for (const std::string& item : split(parts[6], ';')) {
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos) throw std::runtime_error("no value in a line of results: " + line);
    values.value[item.substr(0, equals)] = std::stod(item.substr(equals + 1));
  }
  return values;
}

std::string printed(const CaseValues& values) {
  std::ostringstream line;
  line << values.of.group << ',' << values.of.column << ',' << values.of.bone << ',' << values.of.seed << ','
       << values.of.variant << ',' << values.side << ',' << std::setprecision(9);
  for (const auto& [name, value] : values.value) line << name << '=' << value << ';';
  line << '\n';
  return line.str();
}

}  // namespace

FemurResults::FemurResults(const std::string& path) : path_(path) {
  std::ifstream file(path);
  std::uintmax_t whole = 0;
  bool cut_off = false;
  for (std::string line; std::getline(file, line);) {
    cut_off = file.eof();  // the last line has no end
    if (cut_off) break;
    whole += line.size() + 1;
    if (line.empty()) continue;
    all_.push_back(parsed(line));
    done_.insert(all_.back().of);
  }
  file.close();
  if (cut_off) std::filesystem::resize_file(path, whole);
}

void FemurResults::add(const std::vector<CaseValues>& values) {
  std::string lines;
  for (const CaseValues& one : values) lines += printed(one);
  const std::scoped_lock lock(mutex_);
  for (const CaseValues& one : values) {
    all_.push_back(one);
    done_.insert(one.of);
  }
  if (path_.empty()) return;
  std::ofstream file(path_, std::ios::app);
  file << lines << std::flush;
  if (!file) throw std::runtime_error("cannot write " + path_);
}

std::vector<CaseValues> FemurResults::of(const std::string& group, const std::string& column) const {
  std::vector<CaseValues> found;
  std::ranges::copy_if(all_, std::back_inserter(found), [&](const CaseValues& one) {
    return one.of.group == group && one.of.column == column;
  });
  // The order of a parallel run is not the table's.
  std::ranges::sort(found, {}, [](const CaseValues& one) { return std::tie(one.of, one.side); });
  return found;
}

}  // namespace focalhip::proof
