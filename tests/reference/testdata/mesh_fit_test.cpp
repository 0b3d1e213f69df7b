// The implicit family against real femoral surfaces (../shared/realdata/femur_meshes; skipped without them).
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "testdata/simulator/fit_femur_shape.h"
#include "testdata/simulator/place_femur_mesh.h"

namespace focalhip::simulator {
namespace {

constexpr double target_rms_mm = 1.5;

// One bone, unpacked beside the test's other temporary files.
TriangleSet bone(int number) {
  char name[32];
  std::snprintf(name, sizeof name, "narra_femur_%02d.ply", number);
  const std::string packed = std::string(FOCALHIP_SHARED_DIR "/realdata/femur_meshes/") + name + ".xz";
  const auto file = std::filesystem::temp_directory_path() / (std::to_string(getpid()) + name);
  if (std::system(("xz -dc '" + packed + "' > '" + file.string() + "'").c_str()) != 0)
    throw std::runtime_error(packed + ": xz failed");
  TriangleSet set = read_triangles(file);
  std::filesystem::remove(file);
  return set;
}

SidedFit fitted(TriangleSet set) {
  const PlacedMesh placed = place_femur_mesh(std::move(set), "bone");
  std::vector<Vec3> points;
  for (const Vec3 p : placed.surface.vertices_mm) {
    if (p.z > placed.cut_z_mm) points.push_back(p);
  }
  return fit_either_side(points, placed.head_radius_mm);
}

class RealFemora : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(FOCALHIP_SHARED_DIR "/realdata/femur_meshes"))
      GTEST_SKIP() << "no real femora here";
  }
};

TEST_F(RealFemora, AreFittedByTheImplicitFamilyAndAreAllOfOneSide) {
  std::printf("bone  side   RMS mm  p95 mm  RMS as the other side\n");
  for (int number = 1; number <= 10; ++number) {
    const SidedFit found = fitted(bone(number));
    std::printf("%4d  %s  %6.2f  %6.2f  %6.2f\n",
                number,
                found.side == Side::right ? "right" : "left ",
                found.fit.rms_mm,
                found.fit.p95_mm,
                found.other_rms_mm);
    EXPECT_LE(found.fit.rms_mm, target_rms_mm) << "bone " << number;
    EXPECT_EQ(found.side, Side::right) << "bone " << number;
  }
}

TEST_F(RealFemora, MirroredAreOfTheOtherSideWithTheSameFit) {
  TriangleSet set = bone(1);
  const SidedFit as_is = fitted(set);
  for (Vec3& p : set.vertices_mm) p.x = -p.x;
  const SidedFit mirrored = fitted(std::move(set));
  EXPECT_NE(mirrored.side, as_is.side);
  EXPECT_NEAR(mirrored.fit.rms_mm, as_is.fit.rms_mm, 0.01);
}

}  // namespace
}  // namespace focalhip::simulator
