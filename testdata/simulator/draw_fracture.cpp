#include "testdata/simulator/counter_random.h"
#include "testdata/simulator/fracture_parameters.h"

namespace focalhip::simulator {
namespace {

constexpr std::uint64_t stream_fracture = 60;

void displace(Fracture& f, RandomStream& random) {
  const bool trochanters = f.site == FractureSite::intertrochanteric;
  f.shortening_mm = random.uniform(5.0, trochanters ? 16.0 : 18.0);
  f.backwards_mm = random.uniform(-2.0, 6.0);
  f.varus_deg = random.uniform(2.0, 20.0);
  f.external_rotation_deg = random.uniform(3.0, trochanters ? 20.0 : 15.0);
  f.retroversion_deg = random.uniform(-4.0, 8.0);
  // Enough to keep the rough faces from passing through each other.
  f.apart_mm = random.uniform(1.5, 4.0);
  if (trochanters && random.uniform() < 0.6) f.lesser_displaced_mm = random.uniform(5.0, 15.0);
}

void impact(Fracture& f, RandomStream& random) {
  f.apart_mm = -random.uniform(3.0, 8.0);
  f.varus_deg = -random.uniform(0.0, 12.0);  // most are driven in valgus
  f.external_rotation_deg = random.uniform(0.0, 6.0);
  f.retroversion_deg = random.uniform(-3.0, 8.0);
  f.gap_mm = 0.0;
}

}  // namespace

Fracture draw_fracture(std::uint64_t seed, FractureSite site, FractureClass kind) {
  RandomStream random(seed, stream_fracture);
  Fracture f;
  f.site = site;
  f.kind = kind;
  f.steeper_deg = random.uniform(-10.0, 15.0);
  f.turned_deg = random.uniform(-12.0, 12.0);
  f.curvature_mm = random.uniform(25.0, 80.0);
  f.roughness_mm = random.uniform(0.5, 1.2);
  f.haematoma_hu = random.uniform(40.0, 60.0);
  f.relief_seed = static_cast<std::uint64_t>(random.uniform() * 0x1p53);
  if (kind == FractureClass::impacted) impact(f, random);
  while (kind == FractureClass::displaced) {
    displace(f, random);
    const double moved = fracture_displacement_mm(f);
    const double turned = fracture_rotation_deg(f);
    if (moved <= 20.0 && turned <= 25.0 && (moved >= 6.0 || turned >= 8.0)) break;
  }
  return f;
}

}  // namespace focalhip::simulator
