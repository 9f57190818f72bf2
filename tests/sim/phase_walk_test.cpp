#include "tests/sim/phase_walk.h"

#include <gtest/gtest.h>

#include <random>

#include "sim/families/bismo/analytic.h"

namespace bitloom {
namespace {

using graph::LayerKind;

/// A random case small enough to walk beat by beat, in which everything that can happen does:
/// several words, remainders of tiles, words and blocks, chunks, ports narrower and wider than a
/// word.
struct Case {
  graph::LayerShape layer;
  graph::Precision bits;
  hardware::Bismo hardware;
  walk::Product product;

  std::int64_t walked() const {
    return walk::cycles(product, bits.weight_bits, bits.activation_bits,
                        {hardware.dm, hardware.dk, hardware.dn, hardware.activation_buffer_words,
                         hardware.weight_buffer_words, hardware.activation_port_bits,
                         hardware.weight_port_bits, hardware.pipeline_cycles});
  }
  std::int64_t closed_form() const {
    const auto schedule =
        analytic::schedule(mapping::map_layer(layer, bits, hardware, hardware.batch), hardware);
    return analytic::run(schedule, hardware).total.count();
  }
};

class CaseMaker {
 public:
  explicit CaseMaker(std::uint64_t seed) : random_(seed) {}

  Case make() {
    Case c;
    c.bits = {static_cast<int>(up_to(5)), static_cast<int>(up_to(5))};
    c.hardware = hardware();
    const int kind = static_cast<int>(up_to(4));
    if (kind == 1) convolution(c, 1);
    if (kind == 2) convolution(c, 1 + up_to(3));
    if (kind == 3) depthwise(c);
    if (kind == 4) linear(c);
    return c;
  }

 private:
  std::int64_t up_to(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(1, most)(random_);
  }

  hardware::Bismo hardware() {
    hardware::Bismo hw;
    hw.name = "random";
    hw.dm = up_to(5);
    hw.dk = up_to(12);
    hw.dn = up_to(5);
    hw.activation_buffer_words = 5 + up_to(60);
    hw.weight_buffer_words = 5 + up_to(60);
    hw.activation_port_bits = up_to(16);
    hw.weight_port_bits = up_to(16);
    hw.clock_mhz = 100;
    hw.batch = up_to(3);
    hw.pipeline_cycles = up_to(4) - 1;
    return hw;
  }

  void image(Case& c) {
    c.layer.output = {up_to(6), up_to(6)};
    c.layer.input = c.layer.output;
    c.layer.kernel = {up_to(3), up_to(3)};
  }

  void convolution(Case& c, std::int64_t groups) {
    image(c);
    c.layer.kind = LayerKind::kConvolution;
    c.layer.groups = groups;
    c.layer.in_channels = groups * up_to(8) + (groups > 1 ? groups : 0);
    c.layer.out_channels = groups * up_to(12);
    c.product = {c.hardware.batch * groups, c.layer.output.height * c.layer.output.width,
                 c.layer.out_channels / groups,
                 c.layer.kernel.height * c.layer.kernel.width * c.layer.in_channels / groups};
  }

  void depthwise(Case& c) {
    image(c);
    const std::int64_t multiplier = up_to(2);
    c.layer.kind = LayerKind::kDepthwise;
    c.layer.in_channels = c.layer.groups = 1 + up_to(4);
    c.layer.out_channels = c.layer.in_channels * multiplier;
    c.product = {c.layer.in_channels, c.layer.output.height * c.layer.output.width,
                 c.hardware.batch * multiplier,
                 c.layer.kernel.height * c.layer.kernel.width * c.hardware.batch};
  }

  void linear(Case& c) {
    c.layer.kind = LayerKind::kLinear;
    c.layer.in_channels = up_to(150);
    c.layer.out_channels = up_to(30);
    c.product = {1, c.hardware.batch, c.layer.out_channels, c.layer.in_channels};
  }

  std::mt19937_64 random_;
};

TEST(PhaseClosedForm, EqualsAWalkBeatByBeatOnTenThousandRandomLayers) {
  CaseMaker make(20);
  int chunked = 0, several_blocks = 0, partial = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Case c = make.make();
    const auto m = mapping::map_layer(c.layer, c.bits, c.hardware, c.hardware.batch);
    chunked += m.chunks.count() > 1;
    several_blocks += m.activations.count() > 1 && m.weights.count() > 1;
    partial += m.activations.rows % c.hardware.dm != 0;
    ASSERT_EQ(c.closed_form(), c.walked())
        << "case " << i << ": " << graph::to_text(c.layer.kind) << " at " << graph::to_text(c.bits)
        << ", M " << c.product.pixels << ", N " << c.product.channels << ", K " << c.product.depth;
  }
  EXPECT_GT(chunked, 500);
  EXPECT_GT(several_blocks, 500);
  EXPECT_GT(partial, 500);
}

/// Whether both schedules cut their operands at the same places.
bool same_blocking(const mapping::Mapping& a, const mapping::Mapping& b) {
  return a.activations.tiles_per_block == b.activations.tiles_per_block &&
         a.weights.tiles_per_block == b.weights.tiles_per_block &&
         a.chunks.words_per_chunk == b.chunks.words_per_chunk;
}

TEST(PhaseClosedForm, AWiderPortIsNeverSlower) {
  CaseMaker make(21);
  for (int i = 0; i < 5'000; ++i) {
    Case c = make.make();
    const std::int64_t before = c.closed_form();
    (i % 2 ? c.hardware.activation_port_bits : c.hardware.weight_port_bits) += 1 + i % 7;
    ASSERT_LE(c.closed_form(), before) << "case " << i;
  }
}

TEST(PhaseClosedForm, MoreBitsAreNeverFasterWithinEqualBlocking) {
  CaseMaker make(22);
  int compared = 0;
  for (int i = 0; i < 10'000; ++i) {
    Case c = make.make();
    const auto before = mapping::map_layer(c.layer, c.bits, c.hardware, c.hardware.batch);
    const std::int64_t fewer_bits = c.closed_form();
    ++(i % 2 ? c.bits.activation_bits : c.bits.weight_bits);
    if (c.hardware.activation_buffer_words < c.bits.activation_bits) continue;
    const auto after = mapping::map_layer(c.layer, c.bits, c.hardware, c.hardware.batch);
    if (!same_blocking(before, after)) continue;
    ++compared;
    ASSERT_GE(c.closed_form(), fewer_bits) << "case " << i;
  }
  EXPECT_GT(compared, 1'000);
}

TEST(PhaseClosedForm, EightByTenIsFasterThanEightByNineWhereTheBlockingChanges) {
  hardware::Bismo edge;
  edge.name = "edge";
  edge.dm = edge.dn = 8;
  edge.dk = 256;
  edge.activation_buffer_words = edge.weight_buffer_words = 1024;
  edge.activation_port_bits = edge.weight_port_bits = 64;
  graph::LayerShape layer;
  layer.in_channels = layer.out_channels = 512;
  layer.kernel = {3, 3};
  layer.output = layer.input = {7, 7};
  const auto cycles = [&](int activation_bits) {
    const auto schedule =
        analytic::schedule(mapping::map_layer(layer, {8, activation_bits}, edge, 1), edge);
    return analytic::run(schedule, edge).total.count();
  };
  EXPECT_EQ(cycles(9), 1'024'775);
  EXPECT_EQ(cycles(10), 987'989);
}

/// Derived by hand: layer 2 of MobileNet-V2 on the cloud takes 12544 a + B (w - 1) cycles an image,
/// B being the activation blocks; the classifier 5000 w + B_w (a - 1) for the batch of 16.
TEST(PhaseClosedForm, HandDerivedFormulasHoldForAPointwiseAndALinearLayer) {
  hardware::Bismo cloud;
  cloud.name = "cloud";
  cloud.dm = cloud.dn = 16;
  cloud.dk = 256;
  cloud.activation_buffer_words = cloud.weight_buffer_words = 1024;
  cloud.activation_port_bits = cloud.weight_port_bits = 256;
  graph::LayerShape pointwise;
  pointwise.in_channels = 32;
  pointwise.out_channels = 16;
  pointwise.output = pointwise.input = {112, 112};
  graph::LayerShape classifier;
  classifier.kind = LayerKind::kLinear;
  classifier.in_channels = 1280;
  classifier.out_channels = 1000;
  const auto run = [&](const graph::LayerShape& layer, int w, int a, std::int64_t batch) {
    const auto schedule =
        analytic::schedule(mapping::map_layer(layer, {w, a}, cloud, batch), cloud);
    return analytic::run(schedule, cloud).total.count();
  };
  // Where fetching the activations dominates: 12544 a beats against 784 w a issue slots, up to w
  // = 8.
  for (int w = 1; w <= 8; ++w)
    for (int a = 1; a <= 8; ++a) {
      const std::int64_t blocks = (784 + 1024 / a - 1) / (1024 / a);
      EXPECT_EQ(run(pointwise, w, a, 1), 12544 * a + blocks * (w - 1)) << w << "/" << a;
      const std::int64_t weight_blocks = (63 + 1024 / (5 * w) - 1) / (1024 / (5 * w));
      EXPECT_EQ(run(classifier, w, a, 16), 5000 * w + weight_blocks * (a - 1)) << w << "/" << a;
    }
}

}  // namespace
}  // namespace bitloom
