#include "analysis/calibration/calibration.h"

namespace focalhip {

// [Ogo] ogo/util/Helper.py, serials 4541A and 4560. Certificates differ between serials: a site with another
// phantom configures its own values.
Phantom mindways_model_3() {
  return {.name = "mindways-3",
          .rods = {{.name = "A", .k2hpo4_mg_cm3 = -51.83, .water_mg_cm3 = 1012.25},
                   {.name = "B", .k2hpo4_mg_cm3 = -53.40, .water_mg_cm3 = 1056.95},
                   {.name = "C", .k2hpo4_mg_cm3 = 58.88, .water_mg_cm3 = 1103.57},
                   {.name = "D", .k2hpo4_mg_cm3 = 157.05, .water_mg_cm3 = 1119.52},
                   {.name = "E", .k2hpo4_mg_cm3 = 375.83, .water_mg_cm3 = 923.20}}};
}

}  // namespace focalhip
