#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "testdata/simulator/triangle_set.h"

// What the readers of the mesh formats share: the bytes of a file with a place in it.
namespace focalhip::simulator {

inline constexpr std::size_t most_mesh_elements = 4'000'000;

class MeshSource {
 public:
  MeshSource(std::string name, std::string bytes) : name_(std::move(name)), bytes_(std::move(bytes)) {}

  [[nodiscard]] std::string_view rest() const { return std::string_view(bytes_).substr(position_); }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - position_; }
  [[nodiscard]] std::size_t position() const { return position_; }

  // Next line without its end; counts lines.
  [[nodiscard]] std::string_view line();
  // Next word separated by blanks or line ends; empty at the end of the file.
  [[nodiscard]] std::string_view word();
  // `count` bytes; `what` names them if they are missing.
  [[nodiscard]] std::string_view take(std::size_t count, const char* what);
  [[nodiscard]] double number(const char* what);  // the next word as a finite number

  // Throw std::runtime_error: file, place, reason.
  [[noreturn]] void fail_at_line(const std::string& reason) const;
  [[noreturn]] void fail_at_byte(const std::string& reason) const;

 private:
  std::string name_;
  std::string bytes_;
  std::size_t position_ = 0;
  std::size_t line_ = 0;
};

[[nodiscard]] TriangleSet read_ply(MeshSource& source);
[[nodiscard]] TriangleSet read_stl(MeshSource& source);

}  // namespace focalhip::simulator
