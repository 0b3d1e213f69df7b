#pragma once

#include <string>
#include <vector>

#include "testdata/simulator/beam.h"
#include "testdata/simulator/phantom_parameters.h"

namespace focalhip::simulator {

// A calibration rod as its certificate describes it, mg/cm3. One of the two minerals is zero. Solid
// hydroxyapatite takes the place of water of its own volume; K2HPO4 is given with the water beside it.
struct Rod {
  std::string name = "A";  // A, B, ... by rising mineral
  double k2hpo4_mg_cm3 = 0.0;
  double ha_mg_cm3 = 0.0;
  double water_mg_cm3 = 1000.0;
};

// The rods of a phantom in the order of their places. Published values: Mindways Model 3 serials 4541A and
// 4560; QRM-BDC/6 #BDC-106; QRM-BDC/3 #BDC-71; B-MAS 200; Image Analysis QCT-3D Plus #G2730; Siemens Osteo
// (Bonelab Ogo, ogo/util/Helper.py).
[[nodiscard]] const std::vector<Rod>& certified_rods(PhantomType type);
[[nodiscard]] inline const std::vector<Rod>& mindways_model_3() {
  return certified_rods(PhantomType::mindways_3);
}

// CT number of a rod whose mineral is (1 + density_error) x certificate; scanner offset not included.
[[nodiscard]] double rod_hu(const Rod& rod, const Beam& beam, double density_error = 0.0);

}  // namespace focalhip::simulator
