#pragma once

#include <cstdint>

#include "models/data/image.h"
#include "models/data/random.h"

namespace bitloom::data::shapes32 {

/// How hard scenes are to tell apart. Colours are 0 to 1, lengths pixels.
struct Difficulty {
  float smallest_radius = 5.5f;
  float largest_radius = 11.0f;
  float brightest_background = 0.7f;
  float darkest_shape = 0.3f;
  float least_contrast = 0.2f;    // between the mean colours of shape and background, any channel
  float texture_contrast = 0.3f;  // between a surface's two colours, each channel, at most
  std::uint32_t most_fragments = 4;  // pieces of other shapes behind
  std::uint32_t most_occluders = 2;  // pieces before
  float most_noise = 0.16f;          // half the width of the triangular noise of a channel
  float most_shading = 0.5f;         // loss or gain of light from the centre to the border
};

/// 32 x 32 pixels that show shape `label` (outline.h). The same from the same stream everywhere: it
/// is made by integer arithmetic and the float operations that IEEE 754 rounds exactly.
Image draw_scene(std::int64_t label, CounterRandom random, const Difficulty& difficulty = {});

}  // namespace bitloom::data::shapes32
