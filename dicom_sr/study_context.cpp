#include "dicom_sr/study_context.h"

#include <set>

namespace focalhip {

std::vector<SourceInstance> distinct_objects(const StudyContext& study) {
  std::vector<SourceInstance> objects;
  std::set<std::string> seen;
  for (const SourceInstance& source : study.sources) {
    if (!seen.insert(source.sop_instance_uid).second) continue;
    objects.push_back(source);
    objects.back().frame = 0;
  }
  return objects;
}

}  // namespace focalhip
