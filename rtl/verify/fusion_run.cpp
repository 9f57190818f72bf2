#include "rtl/verify/fusion_run.h"

#include <random>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::verify {
namespace {

constexpr int kHalfBits = 8;

/// How operands of some bits meet the unit.
struct CodedOperand {
  int mode = 0;
  int width = 2;   // bits beside one another
  int halves = 1;  // cycles

  explicit CodedOperand(int bits) {
    while (mode < 3 && (2 << mode) < bits) ++mode;
    halves = mode == 3 ? 2 : 1;
    width = mode == 3 ? kHalfBits : 2 << mode;
  }
  int side_by_side() const { return kHalfBits / width; }
  /// A half of `code`, or all of it.
  std::uint32_t bits_of(std::int32_t code, int half) const {
    const auto shifted = static_cast<std::uint32_t>(code) >> (half * kHalfBits);
    return shifted & ((std::uint32_t{1} << width) - 1);
  }
};

/// One output's operands.
struct Operands {
  std::vector<std::int32_t> activations, weights;
};

class Column {
 public:
  Column(FusionUnit& unit, const Workload& workload)
      : unit_(unit),
        activation_(workload.precision.activation_bits),
        weight_(workload.precision.weight_bits) {
    in_.activation_mode = activation_.mode;
    in_.weight_mode = weight_.mode;
    in_.activation_signed = workload.signed_activations;
    in_.weight_signed = workload.weight_coding != WeightCoding::kUnsigned;
  }

  std::uint32_t dot_product(const Operands& operands) {
    const std::size_t at_once = static_cast<std::size_t>(activation_.side_by_side()) *
                                static_cast<std::size_t>(weight_.side_by_side());
    in_.sum = 0;
    for (std::size_t begin = 0; begin < operands.weights.size(); begin += at_once)
      for (int a = 0; a < activation_.halves; ++a)
        for (int w = 0; w < weight_.halves; ++w) {
          in_.activation_high = a == 1;
          in_.weight_high = w == 1;
          in_.activations = packed(operands.activations, activation_, begin, at_once, a);
          in_.weights = packed(operands.weights, weight_, begin, at_once, w);
          in_.sum = unit_.clock(in_);
          ++cycles_;
        }
    return in_.sum;
  }
  std::int64_t cycles() const { return cycles_; }

 private:
  static std::uint32_t packed(const std::vector<std::int32_t>& codes, const CodedOperand& operand,
                              std::size_t begin, std::size_t count, int half) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < count && begin + i < codes.size(); ++i)
      word |= operand.bits_of(codes[begin + i], half) << (static_cast<int>(i) * operand.width);
    return word;
  }

  FusionUnit& unit_;
  CodedOperand activation_, weight_;
  FusionInputs in_;
  std::int64_t cycles_ = 0;
};

}  // namespace

UnitRun run_layer(FusionUnit& unit, const Workload& w, const std::vector<std::int64_t>& expected) {
  ensure(w.weight_coding != WeightCoding::kBipolar || w.precision.weight_bits == 1,
         "bipolar weights of more than a bit have no two's complement of as many");
  Column column(unit, w);
  UnitRun run;
  Operands operands;
  const graph::LayerShape& l = w.layer;
  for (std::int64_t n = 0; n < w.batch; ++n)
    for (std::int64_t o = 0; o < l.out_channels; ++o)
      for (std::int64_t y = 0; y < l.output.height; ++y)
        for (std::int64_t x = 0; x < l.output.width; ++x) {
          operands.activations.clear();
          operands.weights.clear();
          for_each_product(w, n, o, y, x, [&](std::int32_t activation, std::int32_t weight) {
            operands.activations.push_back(activation);
            operands.weights.push_back(weight);
          });
          const std::uint32_t sum = column.dot_product(operands);
          const std::int64_t right = expected.at(static_cast<std::size_t>(run.values++));
          if (sum != static_cast<std::uint32_t>(right) && !run.first_wrong)
            run.first_wrong = fmt::format(
                "{}: wrong value at image {}, channel {}, row {}, column {}: {} instead of {}",
                l.name, n, o, y, x, static_cast<std::int32_t>(sum),
                static_cast<std::int32_t>(right));
        }
  run.cycles = column.cycles();
  return run;
}

Workload random_dot_products(graph::Precision precision, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  graph::LayerShape layer;
  layer.name = "random";
  layer.kind = graph::LayerKind::kLinear;
  layer.in_channels = 1 + static_cast<std::int64_t>(engine() % 70);
  layer.out_channels = 1 + static_cast<std::int64_t>(engine() % 8);
  const bool signed_activations = engine() % 2 == 0;
  const WeightCoding coding = engine() % 4 == 0 ? WeightCoding::kUnsigned
                              : precision.weight_bits == 1 && engine() % 2 == 0
                                  ? WeightCoding::kBipolar
                                  : WeightCoding::kSigned;
  const Draw draw = engine() % 3 == 0 ? Draw::kExtremes : Draw::kUniform;
  return random_workload(layer, precision, 1 + static_cast<std::int64_t>(engine() % 3),
                         signed_activations, coding, draw, engine());
}

}  // namespace bitloom::verify
