#include "testdata/simulator/arthritis.h"

#include <algorithm>
#include <cmath>

#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/femur_shape.h"

namespace focalhip::simulator {
namespace {

constexpr std::uint64_t stream_arthritis = 70;

// A direction within 40 deg of straight up.
Vec3 loaded_direction(RandomStream& random) {
  const double polar = random.uniform(0.0, 40.0) * degree;
  const double azimuth = random.uniform(0.0, 360.0) * degree;
  return {std::sin(polar) * std::cos(azimuth), std::sin(polar) * std::sin(azimuth), std::cos(polar)};
}

}  // namespace

void make_arthritic(FemurParameters& femur,
                    PelvisParameters& pelvis,
                    ArthritisGrade grade,
                    std::uint64_t seed) {
  RandomStream random(seed, stream_arthritis);
  const auto between = [&](double mild, double severe, double spread) {
    const double share = grade == ArthritisGrade::mild ? 0.0 : grade == ArthritisGrade::moderate ? 0.5 : 1.0;
    return (mild + share * (severe - mild)) * random.uniform(1.0 - spread, 1.0 + spread);
  };
  const bool focal = random.uniform() < 0.5;
  const double narrow = between(1.45, 0.65, 0.10);
  if (focal) pelvis.superior_joint_space_mm = narrow;
  if (!focal) pelvis.joint_space_mm = narrow;
  pelvis.subchondral_mm = std::max(pelvis.subchondral_mm, between(2.5, 4.0, 0.1));
  pelvis.sclerosis_mg_cm3 = between(80.0, 350.0, 0.2);
  pelvis.rim_osteophyte_mm = between(1.0, 4.0, 0.2);
  femur.osteophyte_mm = between(1.0, 4.0, 0.2);
  femur.sclerosis_mg_cm3 = between(60.0, 300.0, 0.2);
  if (grade == ArthritisGrade::severe) femur.head_along_neck += random.uniform(-0.03, 0.0);
  const int cysts = static_cast<int>(std::lround(between(0.0, 3.0, 0.3)));
  const double surface = femur.head_radius_mm;
  const Vec3 head = FemurShape(femur).head_centre_mm();
  for (int i = 0; i < cysts; ++i) {
    const double radius = random.uniform(2.0, 4.5);
    femur.cysts.push_back({head + (surface - radius - 2.0) * loaded_direction(random), radius});
    pelvis.cysts.push_back({(surface + narrow + radius + 3.0) * loaded_direction(random), radius});
  }
}

}  // namespace focalhip::simulator
