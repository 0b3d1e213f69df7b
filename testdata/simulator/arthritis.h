#pragma once

#include <cstdint>

#include "testdata/simulator/hip_parameters.h"

namespace focalhip::simulator {

enum class ArthritisGrade { mild, moderate, severe };

// Wear of one hip, drawn from a seed: narrowed joint (mild 1.3 .. 1.6 mm, severe 0.6 .. 0.7 mm; over the
// whole socket or, in half of the draws, above the head only), sclerosis and thick subchondral bone on both
// sides of the joint, osteophytes at the head-neck junction and the socket's rim, cysts (none .. 3 on each
// side), a severe head flattened by up to 3 %. Osteophytes of the femur belong to its true surface and mask.
void make_arthritic(FemurParameters& femur,
                    PelvisParameters& pelvis,
                    ArthritisGrade grade,
                    std::uint64_t seed);

}  // namespace focalhip::simulator
