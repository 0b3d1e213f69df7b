#include "listener/series/classify_instance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <Eigen/Geometry>

#include "listener/series/frames_of.h"

namespace focalhip {

namespace {

constexpr std::string_view ct_image_storage = "1.2.840.10008.5.1.4.1.1.2";
constexpr std::string_view storage_classes = "1.2.840.10008.5.1.4.1.1.";

// Cosine of the steepest normal that still counts as axial.
constexpr double least_axial_cosine = 0.9;
constexpr double least_tilted_cosine = 0.85;
// The scanner of foreign files gives whatever number stands there; beyond these it cannot be a CT slice.
constexpr double largest_coordinate_mm = 1e5;
constexpr double smallest_pixel_mm = 0.05;
constexpr double largest_pixel_mm = 10.0;
constexpr int smallest_matrix = 16;
constexpr int largest_matrix = 4096;

std::string_view words_for_class(std::string_view sop_class) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> families{{
      {"7", "secondary capture"},
      {"88.67", "dose report"},
      {"88.59", "key object selection"},
      {"88", "structured report"},
      {"11", "presentation state"},
      {"66", "segmentation or registration"},
      {"30", "parametric map"},
      {"104", "encapsulated document"},
  }};
  if (!sop_class.starts_with(storage_classes)) return "no image";
  const std::string_view rest = sop_class.substr(storage_classes.size());
  for (const auto& [family, words] : families) {
    if (rest == family || (rest.starts_with(family) && rest[family.size()] == '.')) return words;
  }
  return "no CT image";
}

bool has_type(const ScannedInstance& instance, std::string_view word) {
  return std::ranges::any_of(instance.image_type,
                             [&](const std::string& value) { return value.find(word) != std::string::npos; });
}

// Pictures a scanner adds to a study in the SOP class of its images.
std::string_view words_for_derived_picture(const ScannedInstance& instance) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kinds{{
      {"LOCALIZER", "localizer"},
      {"SCOUT", "localizer"},
      {"SCREEN SAVE", "screen picture"},
      {"DOSE", "dose picture"},
      {"VRT", "rendered pictures"},
      {"VOLUME RENDER", "rendered pictures"},
      {"MIP", "projection pictures"},
      {"PROJECTION", "projection pictures"},
  }};
  for (const auto& [word, words] : kinds) {
    if (has_type(instance, word)) return words;
  }
  return {};
}

// What decode_slice can decode: native little endian, lossless JPEG, JPEG-LS lossless, RLE.
bool is_decodable(std::string_view transfer_syntax_uid) {
  constexpr std::array<std::string_view, 6> decodable{"1.2.840.10008.1.2",
                                                      "1.2.840.10008.1.2.1",
                                                      "1.2.840.10008.1.2.4.57",
                                                      "1.2.840.10008.1.2.4.70",
                                                      "1.2.840.10008.1.2.4.80",
                                                      "1.2.840.10008.1.2.5"};
  return std::ranges::find(decodable, transfer_syntax_uid) != decodable.end();
}

// "MONO 70 keV", "E50keV": no scanner writes keV about an ordinary image, whose tube has a voltage (kV). Free
// text without a number before it ("no keV map") proves nothing.
bool names_an_energy(std::string_view text) {
  for (std::size_t at = 1; at + 3 <= text.size(); ++at) {
    const auto lower = [&](std::size_t i) {
      return text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i];
    };
    if (lower(at) != 'k' || lower(at + 1) != 'e' || lower(at + 2) != 'v') continue;
    const char before = text[at - 1] == ' ' && at > 1 ? text[at - 2] : text[at - 1];
    if (before >= '0' && before <= '9') return true;
  }
  return false;
}

// Maps of something else than attenuation at the tube's spectrum. The last kinds are the terms of
// multi-energy CT. [PS3.3 C.8.2.1.1.1.4, C.8.15.2.1]
std::string words_for_spectral_map(const ScannedInstance& instance) {
  constexpr std::array<std::string_view, 11> kinds{"MONO_ENERGETIC",
                                                   "MONOENERGETIC",
                                                   "MONO ENERGETIC",
                                                   "IODINE",
                                                   "ZEFF",
                                                   "Z_EFF",
                                                   "MATERIAL",
                                                   "VMI",
                                                   "MAT_",
                                                   "EFF_ATOMIC_NUM",
                                                   "ELECTRON_DENSITY"};
  for (const std::string_view word : kinds) {
    if (has_type(instance, word)) return "Image Type " + std::string(word);
  }
  if (instance.is_monoenergetic) return "Monoenergetic Energy Equivalent";
  if (std::ranges::any_of(instance.image_type, names_an_energy)) return "Image Type with an energy in keV";
  if (names_an_energy(instance.series_description)) return "Series Description with an energy in keV";
  return {};
}

UnusableSlice unusable(RefusalCode code, std::string detail) { return {{code, std::move(detail)}}; }

template <std::size_t N>
bool all_within(const std::array<double, N>& values, double limit) {
  return std::ranges::all_of(values,
                             [&](double value) { return std::abs(value) <= limit; });  // false for NaN
}

std::optional<UnusableSlice> missing_plane(const ScannedInstance& instance) {
  constexpr RefusalCode code = RefusalCode::header_inconsistent;
  if (!instance.rows || !instance.columns) return unusable(code, "Rows or Columns missing");
  const auto [least, most] = std::minmax(*instance.rows, *instance.columns);
  if (least < smallest_matrix || most > largest_matrix) {
    return unusable(code,
                    "matrix " + std::to_string(*instance.columns) + " x " + std::to_string(*instance.rows) +
                        ", 16 to 4096 supported");
  }
  if (!instance.pixel_spacing_mm) return unusable(code, "Pixel Spacing missing");
  for (const double spacing_mm : *instance.pixel_spacing_mm) {
    if (!(spacing_mm >= smallest_pixel_mm && spacing_mm <= largest_pixel_mm)) {
      return unusable(code, "Pixel Spacing outside 0.05 to 10 mm");
    }
  }
  if (!instance.position_patient_mm) return unusable(code, "Image Position (Patient) missing");
  if (!all_within(*instance.position_patient_mm, largest_coordinate_mm)) {
    return unusable(code, "Image Position (Patient) is not a position");
  }
  if (!instance.orientation_patient) return unusable(code, "Image Orientation (Patient) missing");
  const auto& o = *instance.orientation_patient;
  const Eigen::Vector3d row(o[0], o[1], o[2]);
  const Eigen::Vector3d column(o[3], o[4], o[5]);
  // Unit and perpendicular up to the rounding of a decimal string.
  const bool is_frame = all_within(o, 1.001) && std::abs(row.norm() - 1.0) < 1e-3 &&
                        std::abs(column.norm() - 1.0) < 1e-3 && std::abs(row.dot(column)) < 1e-3;
  if (!is_frame)
    return unusable(code, "Image Orientation (Patient) is not a pair of perpendicular unit vectors");
  return std::nullopt;
}

std::optional<UnusableSlice> not_hounsfield(const ScannedInstance& instance) {
  constexpr RefusalCode code = RefusalCode::not_hu;
  if (!instance.rescale_type.empty() && instance.rescale_type != "HU") {
    return unusable(code, "Rescale Type is not HU");
  }
  if (const std::string map = words_for_spectral_map(instance); !map.empty()) {
    return unusable(code, "spectral map (" + map + ")");
  }
  if (instance.photometric_interpretation != "MONOCHROME2") {
    return unusable(code, "Photometric Interpretation is not MONOCHROME2");
  }
  if (instance.samples_per_pixel != 1) return unusable(code, "Samples per Pixel is not 1");
  if (instance.number_of_frames.value_or(1) != 1) {
    return unusable(RefusalCode::header_inconsistent, "a CT Image of several frames");
  }
  return std::nullopt;
}

bool is_axial(const ScannedInstance& instance) {
  const auto& o = *instance.orientation_patient;
  const Eigen::Vector3d normal = Eigen::Vector3d(o[0], o[1], o[2]).cross(Eigen::Vector3d(o[3], o[4], o[5]));
  // A tilted gantry, named as such, is still axial as far as gantries tilt.
  const bool is_tilted = std::abs(instance.gantry_tilt_deg.value_or(0.0)) > 1.0;
  return std::abs(normal.z()) >= (is_tilted ? least_tilted_cosine : least_axial_cosine);
}

}  // namespace

InstanceUse classify_instance(const ScannedInstance& instance) {
  if (instance.sop_class_uid != ct_image_storage && !is_multiframe_ct(instance)) {
    return IgnoredObject{std::string(words_for_class(instance.sop_class_uid))};
  }
  if (is_multiframe_ct(instance) && instance.frame == 0) {  // it could not be taken apart
    return unusable(RefusalCode::header_inconsistent,
                    problem_with_frames(instance).value_or("a CT image of several frames"));
  }
  if (const std::string_view picture = words_for_derived_picture(instance); !picture.empty()) {
    return IgnoredObject{std::string(picture)};
  }
  if (!is_decodable(instance.transfer_syntax_uid)) {
    return unusable(RefusalCode::unsupported_syntax,
                    "transfer syntax " + instance.transfer_syntax_uid + " is not supported");
  }
  const std::optional<UnusableSlice> plane_problem = missing_plane(instance);
  if (!plane_problem && !is_axial(instance)) return IgnoredObject{"not axial"};
  if (const auto problem = not_hounsfield(instance)) return *problem;
  if (plane_problem) return *plane_problem;
  return AxialSlice{};
}

}  // namespace focalhip
