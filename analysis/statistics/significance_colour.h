#pragma once

#include <array>

namespace focalhip {

// SurfStat's single picture of both corrected P values: P-vertex paints over P-cluster, and a point that is
// significant in neither is grey. 255 .. 129: P-vertex from 0 to the level; 127 .. 1: P-cluster from 0 to the
// level; 128: neither; 0: outside the mask. [spm 8]
[[nodiscard]] double significance_value(double p_vertex, double p_cluster, bool in_mask, double level);

// Row 0 .. 255 of the table of colours. Blend colours, not rows, between points: rows between a significant
// point and a grey one mean something else.
[[nodiscard]] int significance_row(double value);

// Red, green, blue in [0, 1]: black outside the mask, blue to cyan for clusters, grey, red to yellow for
// vertices, the more significant the nearer to cyan or yellow.
[[nodiscard]] std::array<double, 3> significance_colour(int row);

}  // namespace focalhip
