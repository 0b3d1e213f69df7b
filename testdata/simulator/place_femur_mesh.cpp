#include "testdata/simulator/place_femur_mesh.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "testdata/simulator/cut_mesh.h"

namespace focalhip::simulator {
namespace {

constexpr double trimmed_rim_mm = 2.0;  // the rim of a cut is ragged
constexpr double least_length_mm = 70.0;
constexpr double longest_mm = 300.0;

struct Line {
  Vec3 point;
  Vec3 direction;  // cranial
};

Vec3 off_line(const Line& line, Vec3 p) {
  const Vec3 d = p - line.point;
  return d - dot(d, line.direction) * line.direction;
}

// Middle of the section of a surface: area centroid by the strips of its outline round a rough middle.
Vec3 section_centre(const TriangleSet& set, const Line& line, double level) {
  double total = 0.0;
  Vec3 sum;
  for (const auto& [a, b] : section(set, line.point + level * line.direction, line.direction)) {
    // Green's theorem, in which the sense of the segments does not matter: weight by the triangle with the
    // axis.
    const double area = length(cross(off_line(line, a), off_line(line, b)));
    total += area;
    sum = sum + (area / 3.0) * (off_line(line, a) + off_line(line, b));
  }
  if (total <= 0.0) return line.point + level * line.direction;
  return line.point + level * line.direction + (1.0 / total) * sum;
}

// The axis through the middles of the sections in the lowest 18 mm.
Line refined_axis(const TriangleSet& set, Line line) {
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<Vec3> centres;
    Vec3 mean;
    for (double level = trimmed_rim_mm + 1.0; level <= 18.0; level += 1.0) {
      centres.push_back(section_centre(set, line, level));
      mean = mean + centres.back();
    }
    mean = (1.0 / static_cast<double>(centres.size())) * mean;
    Vec3 slope;
    double squares = 0.0;
    for (const Vec3 c : centres) {
      const double t = dot(c - mean, line.direction);
      slope = slope + t * (c - mean);
      squares += t * t;
    }
    const Vec3 fitted = normalised(slope);
    // Half way: the lesser trochanter pulls the upper sections to its side.
    line.direction = normalised(line.direction + 0.3 * fitted);
    line.point = mean - dot(mean - line.point, line.direction) * line.direction;
  }
  return line;
}

Line distal_axis(const TriangleSet& set, const std::string& name) {
  const Hole hole = largest_hole(set);
  if (!hole.loop.empty()) {
    Vec3 all;
    for (const Vec3 p : set.vertices_mm) all = all + p;
    all = (1.0 / static_cast<double>(set.vertices_mm.size())) * all;
    Line line{hole.centre, hole.normal};
    if (dot(all - hole.centre, line.direction) < 0.0) line.direction = -1.0 * line.direction;
    return line;
  }
  throw std::runtime_error(name + ": the surface is closed; a femur open at its distal cut is needed");
}

Ball found_head(const TriangleSet& set, const Line& axis, const std::string& name) {
  double top = 0.0;
  for (const Vec3 p : set.vertices_mm) top = std::max(top, dot(p - axis.point, axis.direction));
  double farthest = 0.0;
  Vec3 pole;
  for (const Vec3 p : set.vertices_mm) {
    if (dot(p - axis.point, axis.direction) < 0.45 * top) continue;
    const double away = length(off_line(axis, p));
    if (away > farthest) {
      farthest = away;
      pole = p;
    }
  }
  const Vec3 medial = normalised(off_line(axis, pole));
  Ball ball{pole - 22.0 * medial, 22.0};
  for (int pass = 0; pass < 12; ++pass) {
    const Vec3 towards = normalised(medial + axis.direction);
    std::vector<Vec3> points;
    for (const Vec3 p : set.vertices_mm) {
      const Vec3 d = p - ball.centre;
      const double r = length(d);
      if (std::abs(r - ball.radius_mm) < (pass < 4 ? 4.0 : 1.5) && dot(d, towards) > -0.1 * r)
        points.push_back(p);
    }
    if (points.size() < 50) throw std::runtime_error(name + ": no femoral head was found");
    ball = fitted_ball(points, ball, 1.5);
  }
  if (ball.radius_mm < 14.0 || ball.radius_mm > 36.0)
    throw std::runtime_error(name + ": the head's radius of " + std::to_string(ball.radius_mm) +
                             " mm is none of a femur in mm");
  return ball;
}

}  // namespace

Ball fitted_ball(const std::vector<Vec3>& points, Ball ball, double trim_mm) {
  for (int step = 0; step < 300; ++step) {
    double count = 0.0;
    double radius = 0.0;
    Vec3 move;
    const auto kept = [&](Vec3 p) { return std::abs(length(p - ball.centre) - ball.radius_mm) <= trim_mm; };
    for (const Vec3 p : points) {
      if (!kept(p)) continue;
      radius += length(p - ball.centre);
      count += 1.0;
    }
    if (count < 20.0) return ball;
    radius /= count;
    for (const Vec3 p : points) {
      if (!kept(p)) continue;
      const Vec3 d = p - ball.centre;
      move = move + ((length(d) - radius) / count) * normalised(d);
    }
    ball.radius_mm = radius;
    ball.centre = ball.centre + 2.0 * move;
    if (length(move) < 1e-7) break;
  }
  return ball;
}

PlacedMesh place_femur_mesh(TriangleSet set, const std::string& name) {
  const LongAxis size = long_axis(set);
  const double extent = size.high_mm - size.low_mm;
  if (extent < least_length_mm || extent > longest_mm)
    throw std::runtime_error(name + ": is " + std::to_string(extent) +
                             " mm long; a proximal femur in mm is 70 .. 300");
  Line axis = refined_axis(set, distal_axis(set, name));
  const Ball head = found_head(set, axis, name);
  const Vec3 z = axis.direction;
  const Vec3 x = normalised(-1.0 * off_line(axis, head.centre));
  const Vec3 y = cross(z, x);
  const double shaft_x = length(off_line(axis, head.centre));
  if (shaft_x < 0.8 * head.radius_mm) throw std::runtime_error(name + ": the head stands over the shaft");
  for (Vec3& p : set.vertices_mm) {
    const Vec3 d = p - head.centre;
    p = {dot(d, x), dot(d, y), dot(d, z)};
  }
  const Hole hole = largest_hole(set);
  double rim = -1e9;
  for (const int v : hole.loop) rim = std::max(rim, set.vertices_mm[static_cast<std::size_t>(v)].z);
  PlacedMesh placed;
  placed.head_radius_mm = head.radius_mm;
  placed.cut_z_mm = rim + trimmed_rim_mm;
  placed.surface = std::move(set);
  return placed;
}

}  // namespace focalhip::simulator
