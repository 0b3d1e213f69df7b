#pragma once

#include <string>
#include <string_view>

namespace focalhip {

// Sharpness of a reconstruction kernel by its maker's name, softest first. [science: qct 1.2, from memory
// there; the measured blur of the phantom's rods overrules it]
enum class KernelClass { soft, medium, unknown, sharp };
[[nodiscard]] KernelClass kernel_class(std::string_view convolution_kernel);

// The first value of the attribute, printable and at most 16 characters, for lines that people read.
[[nodiscard]] std::string plain_kernel(std::string_view convolution_kernel);

}  // namespace focalhip
