#pragma once

#include <vector>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/phantom_model.h"

namespace focalhip::simulator {

// Outline of the person, patient frame, mm.
struct BodyOutline {
  double front_y = 0.0;
  double back_y = 0.0;
  double right_x = 0.0;
  double left_x = 0.0;
  double middle_y = 0.0;
  double heads_z = 0.0;
};

// What lies below and beside the person: mat, table, phantoms. A prone person lies on the same table with the
// front.
class TableModel {
 public:
  TableModel(const PhantomParameters& parameters,
             bool phantom,
             bool prone,
             const Beam& beam,
             const BodyOutline& body);
  // HU at a point; -1000 in air. `edge_mm` becomes the distance to the nearest sharp edge that matters.
  // slope_gain: see PhantomModel.
  [[nodiscard]] double hu(Vec3 p_patient_mm, double edge_width_mm, double slope_gain, double& edge_mm) const;
  // Whether anything of it may be at the point.
  [[nodiscard]] bool near(Vec3 p_patient_mm) const;
  [[nodiscard]] const std::vector<PhantomModel>& phantoms() const { return phantoms_; }
  // Of all phantoms; empty without phantom.
  [[nodiscard]] const std::vector<RodAxis>& rods() const { return rods_; }

 private:
  [[nodiscard]] double depth_mm(Vec3 p) const { return down_ * (p.y - skin_y_); }
  [[nodiscard]] PhantomSite site_of(PhantomPlace place, const BodyOutline& body) const;

  PhantomParameters parameters_;
  double down_;        // +1: the table lies at larger y
  double skin_y_;      // where the person lies on the mat
  double mat_top_mm_;  // depths below the skin
  double holder_mm_;
  double table_top_mm_;
  std::vector<PhantomModel> phantoms_;
  std::vector<RodAxis> rods_;
};

}  // namespace focalhip::simulator
