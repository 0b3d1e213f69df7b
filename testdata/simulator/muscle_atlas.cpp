#include "testdata/simulator/muscle_atlas.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "testdata/simulator/hip_parameters.h"
#include "testdata/simulator/implicit_shapes.h"

namespace focalhip::simulator {
namespace {

// Muscles fill their compartments: each ellipsoid swells by this much until it meets its neighbour.
constexpr double swelling_mm = 3.5;

struct Muscle {
  Vec3 centre;
  Vec3 semi;
  double yaw_deg = 0.0;    // about z, from lateral to anterior
  double pitch_deg = 0.0;  // about x, upper end backwards
};

// Positions and sizes after axial CT anatomy of the hip, for a head radius of 22 mm.
constexpr std::array<Muscle, 29> muscles{{
    {{4, -84, -8}, {60, 23, 92}, 20},        // gluteus maximus
    {{46, -58, -26}, {30, 18, 72}, 52},      // gluteus maximus, towards the iliotibial tract
    {{-22, -92, 40}, {38, 20, 60}, 12},      // gluteus maximus, sacral origin
    {{47, 0, 50}, {15, 46, 62}, -4},         // gluteus medius
    {{40, -30, 34}, {17, 22, 44}, 30},       // gluteus medius, back
    {{27, 14, 40}, {11, 30, 46}, -10},       // gluteus minimus
    {{52, 32, -18}, {9, 26, 78}, 14},        // tensor fasciae latae
    {{24, 60, 16}, {15, 9, 80}},             // sartorius
    {{4, 62, -74}, {15, 9, 60}},             // sartorius, crossing medially
    {{24, 46, -42}, {17, 13, 88}},           // rectus femoris
    {{-2, 38, 20}, {24, 15, 76}, 0, 8},      // iliopsoas
    {{-10, 14, -46}, {15, 15, 36}, 0, -30},  // iliopsoas, to the lesser trochanter
    {{-4, 27, -22}, {21, 14, 36}},           // iliopsoas in front of the neck
    {{-34, 36, -40}, {25, 13, 38}, 12},      // pectineus
    {{-34, 6, -40}, {28, 13, 18}},           // obturator externus
    {{-45, -14, 4}, {8, 31, 42}, 12},        // obturator internus
    {{-22, -40, -4}, {30, 9, 14}, -10},      // obturator internus and gemelli, outside the pelvis
    {{-16, -46, 28}, {44, 11, 14}, -8},      // piriformis
    {{-48, 34, -92}, {28, 19, 58}},          // adductor longus, gracilis
    {{-42, 10, -86}, {32, 17, 52}},          // adductor brevis
    {{-34, -18, -96}, {42, 24, 54}},         // adductor magnus
    {{62, -2, -92}, {18, 42, 70}, 8},        // vastus lateralis
    {{40, 24, -102}, {28, 19, 64}},          // vastus intermedius
    {{14, 12, -112}, {17, 24, 42}},          // vastus medialis
    {{4, -38, -46}, {34, 12, 26}},           // quadratus femoris
    {{-12, -56, -94}, {27, 20, 54}},         // hamstrings
    {{30, -34, -94}, {24, 16, 50}},          // gluteal insertion, short head of biceps
    {{58, 52, 70}, {12, 22, 50}, 30},        // oblique muscles of the flank
}};

double ellipsoid_of(const Muscle& m, Vec3 p, double scale) {
  const Vec3 d = p - scale * m.centre;
  const double cy = std::cos(m.yaw_deg * degree);
  const double sy = std::sin(m.yaw_deg * degree);
  const Vec3 turned{cy * d.x + sy * d.y, -sy * d.x + cy * d.y, d.z};
  const double cp = std::cos(m.pitch_deg * degree);
  const double sp = std::sin(m.pitch_deg * degree);
  return ellipsoid_distance({turned.x, cp * turned.y + sp * turned.z, -sp * turned.y + cp * turned.z},
                            scale * m.semi);
}

}  // namespace

MusclePoint muscles_at(Vec3 p_hip_mm, double scale) {
  double nearest = 1e3;
  double next = 1e3;
  for (const Muscle& m : muscles) {
    const double d = ellipsoid_of(m, p_hip_mm, scale);
    next = std::min(next, std::max(d, nearest));
    nearest = std::min(nearest, d);
  }
  return {nearest - swelling_mm, 0.5 * (next - nearest)};
}

}  // namespace focalhip::simulator
