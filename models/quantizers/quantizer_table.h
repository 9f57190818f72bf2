#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// The quantizers by name, of weights and of activations apart. Nothing here includes LibTorch.
namespace bitloom::nn {

class Quantizer;

/// What a quantizer is made for.
struct QuantizerTask {
  enum class Role { kWeights, kActivations };
  enum class Granularity { kLayer, kChannel };

  Role role = Role::kWeights;
  int bits = 8;                                   // 1..16
  bool is_signed = true;                          // whether values below 0 occur
  Granularity granularity = Granularity::kLayer;  // of weights: a range for each output channel
  /// Of weights: whether a batch norm takes the scale of the layer's outputs away.
  bool batch_norm_follows = true;
};

using MadeQuantizer = std::unique_ptr<Quantizer>;

/// Where the levels of a quantizer lie, which says what runs them exactly. Weights of one bit are
/// bipolar codes in most quantizers.
enum class LevelSpacing {
  kUniform,      // multiples of a step: two's complement or unsigned codes
  kShifted,      // of activations: the same, but no rounding of x / step gives the codes
  kOdd,          // odd multiples of a step: bipolar codes
  kPowersOfTwo,  // codes of their own width to about 3 bits only
  kPlanes,       // sums of planes with real coefficients, which become codes when rounded
  kFree,         // anywhere: no codes
};

/// Whether such levels are codes as they are, nothing rounded.
constexpr bool are_codes(LevelSpacing spacing) {
  return spacing == LevelSpacing::kUniform || spacing == LevelSpacing::kOdd;
}

/// The hardware families that multiply such levels: exactly where they are codes; `rounded` says
/// that coefficients are rounded, for machines with `coefficients: fixed_point`.
std::string_view families_that_run(LevelSpacing spacing);

/// From how many bits on quantizers of few bits have linear levels.
constexpr int kEdgeBits = 8;

/// A row of the table, which the file of the quantizer fills.
struct QuantizerKind {
  QuantizerTask::Role role;
  std::string_view name;
  std::string_view doc;  // one line: what
  MadeQuantizer (*create)(const QuantizerTask&);
  std::string_view source = {};   // the paper: its first author, year and arXiv number; empty: none
  std::string_view learned = {};  // what of state() is, by commas; empty: nothing
  LevelSpacing spacing = LevelSpacing::kUniform;
  /// The bits whose levels it chooses. From kEdgeBits on all others have the levels of `uniform`:
  /// papers of few bits leave the first and the last layer in single precision.
  int least_bits = 1, most_bits = 16;
  /// Of weights, by default.
  QuantizerTask::Granularity granularity = QuantizerTask::Granularity::kLayer;
  /// Whether networks lose all that they know unless they are trained with it.
  bool needs_training = false;
  /// What `--quantizer NAME` quantizes the other operand with, where that has no quantizer NAME.
  std::string_view partner = "uniform";

  bool chooses_levels_of(int bits) const { return bits >= least_bits && bits <= most_bits; }
  bool takes(int bits) const { return chooses_levels_of(bits) || bits >= kEdgeBits; }
  /// The quantizer of a task; where it chooses no levels of such bits, `uniform` in its place. A
  /// UserError names the bits that it takes.
  MadeQuantizer make(const QuantizerTask& task) const;
};

/// The bits whose levels `kind` chooses: "1 bit", "1 to 8 bits".
std::string bits_text(const QuantizerKind& kind);

/// The quantizers of weights or of activations, in the order in which `list quantizers` prints
/// them.
const std::vector<QuantizerKind>& quantizer_kinds(QuantizerTask::Role role);

/// How a network is quantized: a quantizer for all weights and one for all layers' inputs.
struct QuantizerScheme {
  std::string name;  // the shortest text that quantizer_scheme() reads as this scheme
  QuantizerKind weights;
  QuantizerKind activations;

  bool needs_training() const { return weights.needs_training || activations.needs_training; }
};

/// The scheme of `text`: NAME, of the quantizers of that name or the one of that name and its
/// partner, or weights=NAME,activations=NAME, of any two. A UserError tells an unknown name the
/// nearest known ones.
QuantizerScheme quantizer_scheme(std::string_view text);

}  // namespace bitloom::nn
