#include "sim/families/bitfusion/scratchpads.h"

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::mapping::bitfusion {
namespace {

using hardware::BitFusion;

const char* name_of(Buffer buffer) {
  switch (buffer) {
    case Buffer::kWeights:
      return "weight";
    case Buffer::kActivations:
      return "activation";
    case Buffer::kOutputs:
      return "output";
  }
  return "";
}

}  // namespace

PerBuffer<std::int64_t> element_bits(const LoopNest& nest) {
  return {nest.precision.weight_bits, nest.precision.activation_bits, BitFusion::kAccumulatorBits};
}

PerBuffer<std::int64_t> held_element_bits(const LoopNest& nest, const BitFusion& hw) {
  if (!hw.oddities.held_as_run) return element_bits(nest);
  return {hw.composed_bits(nest.precision.weight_bits),
          hw.composed_bits(nest.precision.activation_bits), BitFusion::kAccumulatorBits};
}

PerBuffer<std::int64_t> capacity_bits(const BitFusion& hw) {
  constexpr std::int64_t kBitsOfHalf = 4;  // of a byte: the other half is being filled
  return {kBitsOfHalf * hw.weight_bytes, kBitsOfHalf * hw.activation_bytes,
          kBitsOfHalf * hw.output_bytes};
}

PerBuffer<std::int64_t> capacity(const LoopNest& nest, const BitFusion& hw) {
  PerBuffer<std::int64_t> elements = capacity_bits(hw);
  const PerBuffer<std::int64_t> bits = held_element_bits(nest, hw);
  for (std::size_t buffer = 0; buffer < kBuffers; ++buffer) elements[buffer] /= bits[buffer];
  return elements;
}

void require_some_tile_fits(const graph::LayerShape& layer, const LoopNest& nest, const Cuts& cuts,
                            const BitFusion& hw) {
  const PerLoop<const Cut*> smallest{&cuts.batch.front(), &cuts.columns.front(), &cuts.rows.front(),
                                     &cuts.in.front(), &cuts.out.front()};
  for (const Buffer buffer : {Buffer::kWeights, Buffer::kActivations, Buffer::kOutputs}) {
    std::int64_t bits = held_element_bits(nest, hw)[index(buffer)];
    for (const Cut* cut : smallest) bits *= cut->spans[index(buffer)].held_tile;
    const std::int64_t room = capacity_bits(hw)[index(buffer)];
    if (bits > room)
      throw unsupported(fmt::format(
          "layer '{}' at {} cannot be mapped onto {}: its smallest tile takes {} bits of the {} "
          "scratchpad, half of which holds {} (scratchpads.{}_bytes)",
          layer.name, graph::to_text(nest.precision), hw.name, bits, name_of(buffer), room,
          name_of(buffer)));
  }
}

}  // namespace bitloom::mapping::bitfusion
