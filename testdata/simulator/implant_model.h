#pragma once

#include <vector>

#include "testdata/simulator/body_model.h"
#include "testdata/simulator/femur_model.h"
#include "testdata/simulator/protocol.h"

namespace focalhip::simulator {

// Metal in the person as simple solids, what it replaces, and the streaks it makes.
class ImplantModel {
 public:
  // The protocol's nails and the person's own implants.
  ImplantModel(Implants nails,
               const std::vector<Implant>& implants,
               const FemurModel& right,
               const FemurModel& left,
               const BodyModel& body);
  [[nodiscard]] bool empty() const { return solids_.empty(); }
  // To the metal, negative inside.
  [[nodiscard]] double distance_mm(Vec3 p_patient_mm) const;
  // To where bone was taken away (resected head and neck, liner), negative inside.
  [[nodiscard]] double resected_mm(Vec3 p_patient_mm) const;
  // What metal in the plane of a point adds to its CT number: bands that alternate round the metal.
  [[nodiscard]] double streak_hu(Vec3 p_patient_mm) const;

 private:
  struct Solid {
    Vec3 from;
    Vec3 to;
    double radius_mm = 5.0;
    double end_radius_mm = 5.0;  // at "to"; a cylinder if equal
    double bore_mm = 0.0;        // hollow: inner radius
    bool rounded = false;        // cone with round ends; a ball if from = to
    double streaks = 1.0;        // strength
    Vec3 open_towards;           // a shell keeps only the half away from this direction
  };
  [[nodiscard]] static double solid_distance(const Solid& solid, Vec3 p);
  void add(const Implant& implant, const FemurModel& femur, const FemurModel& other, const BodyModel& body);
  void add_nail(const FemurModel& femur, double size);
  void add_stem(const FemurModel& femur, double size, bool total);
  void add_screws(const FemurModel& femur, double size);
  void add_plate(const FemurModel& femur, double size);
  void add_cylinder(Vec3 from, Vec3 to, double radius_mm, double bore_mm = 0.0);
  std::vector<Solid> solids_;
  std::vector<Solid> resected_;
};

}  // namespace focalhip::simulator
