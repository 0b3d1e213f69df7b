#include "analysis/files/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "analysis/files/read_whole_file.h"

namespace focalhip {

namespace {

struct RawTable {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;
};

std::string shown(const std::string& text) {
  constexpr std::size_t most = 40;
  std::string clean = text.substr(0, most);
  std::ranges::replace_if(
      clean, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  return '"' + clean + (text.size() > most ? "...\"" : "\"");
}

// Takes a file apart, byte by byte.
class Splitter {
 public:
  Splitter(const std::filesystem::path& file, const CsvLimits& limits)
      : file_(file), limits_(limits), text_(read_whole_file(file, limits.file_bytes)) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  RawTable split() {
    RawTable table;
    while (at_ < text_.size()) {
      const std::size_t line = line_;
      std::vector<std::string> row = next_row();
      if (row.size() == 1 && row.front().empty()) {
        if (first_empty_line_ == 0) first_empty_line_ = line;
        continue;
      }
      if (first_empty_line_ != 0) throw InputError(file_, first_empty_line_, "the line is empty");
      if (!table.rows.empty() && row.size() != table.rows.front().size()) {
        throw InputError(file_,
                         line,
                         std::to_string(row.size()) + " fields, the first row has " +
                             std::to_string(table.rows.front().size()));
      }
      table.rows.push_back(std::move(row));
      table.lines.push_back(line);
    }
    if (table.rows.empty()) throw InputError(file_, "the file is empty");
    return table;
  }

 private:
  std::vector<std::string> next_row() {
    std::vector<std::string> row;
    while (true) {
      if (row.size() == limits_.columns) {
        throw InputError(file_, line_, "more than " + std::to_string(limits_.columns) + " columns");
      }
      row.push_back(next_field());
      if (at_ >= text_.size()) return row;
      const char end = text_[at_++];
      if (end == ',') continue;
      if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      return row;
    }
  }

  std::string next_field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted_field();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string field = text_.substr(at_, end - at_);
    if (field.find('\0') != std::string::npos) throw InputError(file_, line_, "a zero byte; not a text file");
    at_ = end;
    const std::size_t first = field.find_first_not_of(" \t");
    if (first == std::string::npos) return {};
    return field.substr(first, field.find_last_not_of(" \t") - first + 1);
  }

  std::string quoted_field() {
    const std::size_t start_line = line_;
    std::string field;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          ++at_;
        } else {
          ++at_;
          const bool ends =
              at_ >= text_.size() || std::string_view(",\r\n").find(text_[at_]) != std::string_view::npos;
          if (!ends) throw InputError(file_, line_, "text after a closing quote");
          return field;
        }
      }
      if (c == '\n') ++line_;
      field += c;
    }
    throw InputError(file_, start_line, "a quote that is opened here is never closed");
  }

  const std::filesystem::path& file_;
  const CsvLimits& limits_;
  std::string text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t first_empty_line_ = 0;
};

std::string place(std::size_t column, const std::vector<std::string>& header) {
  std::string text = "column " + std::to_string(column + 1);
  if (column < header.size()) text += " (" + header[column] + ")";
  return text + ": ";
}

bool has_no_number(const std::vector<std::string>& row) {
  return std::ranges::none_of(row, [](const std::string& field) {
    std::string lower = field;
    std::ranges::transform(
        lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const bool is_missing =
        field.empty() || lower == "nan" || lower == "na" || lower == "inf" || lower == "-inf";
    return is_missing || whole_number(field).has_value();
  });
}

}  // namespace

std::optional<double> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return {};
  return value;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::size_t CsvTable::column(const std::string& name) const {
  const auto found = std::ranges::find(header, name);
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  std::string known;
  for (const std::string& one : header) known += (known.empty() ? "" : ", ") + one;
  throw InputError(file, 1, "no column \"" + name + "\"; there are " + known);
}

InputError CsvTable::error(std::size_t row, std::size_t column, const std::string& reason) const {
  return {file, lines.at(row), place(column, header) + reason};
}

std::optional<double> CsvTable::number(std::size_t row, std::size_t column) const {
  const std::string& text = rows.at(row).at(column);
  if (text.empty() || text == "NA") return std::nullopt;
  const std::optional<double> value = whole_number(text);
  if (!value) throw error(row, column, shown(text) + " is not a finite number");
  return value;
}

double CsvTable::required_number(std::size_t row, std::size_t column) const {
  const std::optional<double> value = number(row, column);
  if (!value) throw error(row, column, "a number is missing");
  return *value;
}

CsvTable read_csv_table(const std::filesystem::path& file, const CsvLimits& limits) {
  RawTable raw = Splitter(file, limits).split();
  CsvTable table{.file = file, .header = std::move(raw.rows.front()), .rows = {}, .lines = {}};
  std::set<std::string> names;
  for (std::size_t c = 0; c < table.header.size(); ++c) {
    const std::string& name = table.header[c];
    if (name.empty()) throw InputError(file, 1, "column " + std::to_string(c + 1) + " has no name");
    if (!names.insert(name).second) throw InputError(file, 1, "two columns are named \"" + name + "\"");
  }
  table.rows.assign(std::make_move_iterator(raw.rows.begin() + 1), std::make_move_iterator(raw.rows.end()));
  table.lines.assign(raw.lines.begin() + 1, raw.lines.end());
  return table;
}

NumericCsv read_numeric_csv(const std::filesystem::path& file, const CsvLimits& limits) {
  RawTable raw = Splitter(file, limits).split();
  NumericCsv table{.file = file, .header = {}, .values = {}, .lines = {}};
  std::size_t first = 0;
  if (has_no_number(raw.rows.front())) {
    table.header = raw.rows.front();
    first = 1;
  }
  const std::size_t columns = raw.rows.front().size();
  table.values.resize(static_cast<Eigen::Index>(raw.rows.size() - first), static_cast<Eigen::Index>(columns));
  for (std::size_t row = first; row < raw.rows.size(); ++row) {
    table.lines.push_back(raw.lines[row]);
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string& text = raw.rows[row][c];
      const std::optional<double> value = whole_number(text);
      if (!value) {
        throw InputError(
            file, raw.lines[row], place(c, table.header) + shown(text) + " is not a finite number");
      }
      table.values(static_cast<Eigen::Index>(row - first), static_cast<Eigen::Index>(c)) = *value;
    }
  }
  return table;
}

IntegerCsv read_integer_csv(
    const std::filesystem::path& file, int columns, int least, int most, const CsvLimits& limits) {
  const NumericCsv table = read_numeric_csv(file, limits);
  if (table.values.cols() != columns) {
    throw InputError(
        file,
        1,
        std::to_string(table.values.cols()) + " columns, " + std::to_string(columns) + " are needed");
  }
  IntegerCsv whole{.file = file, .columns = columns, .values = {}, .lines = table.lines};
  whole.values.reserve(static_cast<std::size_t>(table.values.size()));
  for (Eigen::Index row = 0; row < table.values.rows(); ++row) {
    for (Eigen::Index c = 0; c < columns; ++c) {
      const double value = table.values(row, c);
      if (value != std::floor(value) || value < least || value > most) {
        throw InputError(file,
                         table.lines[static_cast<std::size_t>(row)],
                         place(static_cast<std::size_t>(c), table.header) + "a whole number from " +
                             std::to_string(least) + " to " + std::to_string(most) + " is needed");
      }
      whole.values.push_back(static_cast<int>(value));
    }
  }
  return whole;
}

}  // namespace focalhip
