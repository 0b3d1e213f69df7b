#include "listener/sender/choose_objects.h"

#include <algorithm>

namespace focalhip {

namespace {

constexpr std::string_view single_frame_secondary_capture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::string_view multi_frame_secondary_captures = "1.2.840.10008.5.1.4.1.1.7.";

struct Alternative {
  std::string sop_class_uid;
  std::vector<OutboxObject> objects;
};
struct Part {
  std::string name;
  std::vector<Alternative> alternatives;
};

// The element for which `matches` holds; a new one at the end when there is none.
template <typename Element, typename Matches>
Element& found_or_added(std::vector<Element>& elements, Matches matches, Element fresh) {
  const auto found = std::find_if(elements.begin(), elements.end(), matches);
  if (found != elements.end()) return *found;
  elements.push_back(std::move(fresh));
  return elements.back();
}

std::vector<Part> parts_of(const std::vector<OutboxObject>& objects) {
  std::vector<Part> parts;
  for (const OutboxObject& object : objects) {
    Part& part = found_or_added(
        parts, [&](const Part& known) { return known.name == object.part; }, Part{object.part, {}});
    found_or_added(
        part.alternatives,
        [&](const Alternative& known) { return known.sop_class_uid == object.sop_class_uid; },
        Alternative{object.sop_class_uid, {}})
        .objects.push_back(object);
  }
  std::stable_partition(parts.begin(), parts.end(), [](const Part& part) { return part.name != "sr"; });
  return parts;
}

bool is_single_frame(const Alternative& alternative) {
  return alternative.sop_class_uid == single_frame_secondary_capture;
}
bool is_secondary_capture(const Part& part) {
  return std::all_of(part.alternatives.begin(), part.alternatives.end(), [](const Alternative& alternative) {
    return is_single_frame(alternative) ||
           alternative.sop_class_uid.starts_with(multi_frame_secondary_captures);
  });
}

}  // namespace

ChosenObjects choose_objects(const std::vector<OutboxObject>& objects,
                             SecondaryCapture secondary_capture,
                             const std::function<bool(std::string_view)>& accepts) {
  ChosenObjects chosen;
  for (Part& part : parts_of(objects)) {
    const bool is_picture = is_secondary_capture(part);
    if (is_picture) {
      const bool single_first = secondary_capture == SecondaryCapture::single;
      std::stable_partition(
          part.alternatives.begin(), part.alternatives.end(), [&](const Alternative& alternative) {
            return is_single_frame(alternative) == single_first;
          });
    }
    const std::size_t before = chosen.objects.size();
    for (const Alternative& alternative : part.alternatives) {
      if (!accepts(alternative.sop_class_uid)) continue;
      chosen.objects.insert(chosen.objects.end(), alternative.objects.begin(), alternative.objects.end());
      if (!is_picture || secondary_capture != SecondaryCapture::both) break;
    }
    if (chosen.objects.size() == before) chosen.parts_not_accepted.push_back(part.name);
  }
  return chosen;
}

}  // namespace focalhip
