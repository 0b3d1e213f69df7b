#include "listener/sender/choose_objects.h"

#include <algorithm>

namespace focalhip {

namespace {

constexpr std::string_view single_frame_secondary_capture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::string_view multi_frame_secondary_captures = "1.2.840.10008.5.1.4.1.1.7.";

struct Alternative {
  int number = 0;
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
        [&](const Alternative& known) { return known.number == object.alternative; },
        Alternative{object.alternative, {}})
        .objects.push_back(object);
  }
  std::stable_partition(parts.begin(), parts.end(), [](const Part& part) { return part.name != "sr"; });
  return parts;
}

bool is_single_frame(const Alternative& alternative) {
  return alternative.objects.front().sop_class_uid == single_frame_secondary_capture;
}
bool is_secondary_capture(const Part& part) {
  return std::all_of(part.alternatives.begin(), part.alternatives.end(), [](const Alternative& alternative) {
    return is_single_frame(alternative) ||
           alternative.objects.front().sop_class_uid.starts_with(multi_frame_secondary_captures);
  });
}

bool companions_are_in(const std::vector<OutboxObject>& chosen, const Alternative& alternative) {
  const auto is_chosen = [&](const std::string& uid) {
    return std::any_of(chosen.begin(), chosen.end(), [&](const OutboxObject& object) {
      return object.sop_instance_uid == uid;
    });
  };
  return std::all_of(alternative.objects.begin(), alternative.objects.end(), [&](const OutboxObject& object) {
    return std::all_of(object.companions.begin(), object.companions.end(), is_chosen);
  });
}

void append(std::vector<OutboxObject>& objects, const Alternative& alternative) {
  objects.insert(objects.end(), alternative.objects.begin(), alternative.objects.end());
}

}  // namespace

ChosenObjects choose_objects(const std::vector<OutboxObject>& objects,
                             SecondaryCapture secondary_capture,
                             const std::function<bool(std::string_view)>& accepts) {
  const auto accepted = [&](const Alternative& alternative) {
    return std::all_of(alternative.objects.begin(),
                       alternative.objects.end(),
                       [&](const OutboxObject& object) { return accepts(object.sop_class_uid); });
  };
  ChosenObjects chosen;
  for (Part& part : parts_of(objects)) {
    std::vector<Alternative>& alternatives = part.alternatives;
    alternatives.erase(std::remove_if(alternatives.begin(), alternatives.end(), std::not_fn(accepted)),
                       alternatives.end());
    if (alternatives.empty()) {
      chosen.parts_not_accepted.push_back(part.name);
      continue;
    }
    const bool is_picture = is_secondary_capture(part);
    if (is_picture) {
      const bool single_first = secondary_capture == SecondaryCapture::single;
      std::stable_partition(alternatives.begin(), alternatives.end(), [&](const Alternative& alternative) {
        return is_single_frame(alternative) == single_first;
      });
    }
    if (is_picture && secondary_capture == SecondaryCapture::both) {
      for (const Alternative& alternative : alternatives) append(chosen.objects, alternative);
      continue;
    }
    const auto complete =
        std::find_if(alternatives.begin(), alternatives.end(), [&](const Alternative& alternative) {
          return companions_are_in(chosen.objects, alternative);
        });
    append(chosen.objects, complete != alternatives.end() ? *complete : alternatives.front());
  }
  return chosen;
}

}  // namespace focalhip
