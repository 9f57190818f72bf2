#pragma once

#include "base/counter_random.h"
#include "models/data/shapes32/outline.h"

namespace bitloom::data::shapes32 {

/// A surface's pattern, drawn at random: the mixture of its two colours at each pixel, 0 to 1.
/// Gradients, stripes, checks or blotches, each at any angle, phase and fineness.
void draw_texture(CounterRandom& random, Plane& mixture);

struct Direction {
  float x, y;
};

/// A unit vector; every angle is as likely.
Direction draw_direction(CounterRandom& random);

}  // namespace bitloom::data::shapes32
