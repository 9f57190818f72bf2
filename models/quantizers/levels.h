#pragma once

#include <optional>
#include <string>

#include "models/quantizers/quantizer.h"

/// The arithmetic that quantizers share. Ranges and scales are tensors of one element, or of one
/// for each output channel in the shape [channels][1][1][1], which broadcasts to the weights'. They
/// may be negative where a quantizer says so.
namespace bitloom::nn {

/// Levels at equal distances: code * range / steps, for codes in [lowest, highest].
struct LinearLevels {
  integer::CodeType type;
  int lowest, highest;  // may leave out the lowest code of the type
  int steps;            // the code at the range's end
};

/// [0, 2^bits - 1], of the range [0, r].
LinearLevels unsigned_levels(int bits);
/// [-2^(bits-1), 2^(bits-1) - 1], of the range [-r, r]; one bit: -1 and 0.
LinearLevels signed_levels(int bits);
/// +-(2^(bits-1) - 1), of the range [-r, r]; one bit: -1 and 0.
LinearLevels symmetric_levels(int bits);
/// Of activations: signed or unsigned, with every code, because hardware clips at the codes' ends.
LinearLevels activation_levels(const QuantizerTask& task);

/// A UserError unless all of `values` are finite: a network that has diverged is not calibrated.
void require_finite(const torch::Tensor& values);
/// `range` with 1 in the place of what is too small to be divided: all values are 0 there.
torch::Tensor usable_range(const torch::Tensor& range);
/// The largest absolute value of `values`, of each output channel or of all.
torch::Tensor largest_magnitude(const torch::Tensor& values, QuantizerTask::Granularity);

/// What `values` must be, and what they are, to be ranges, steps or levels as calibration and
/// training give them: positive, small enough that no level overflows, and one where that is the
/// granularity. Nothing where they are.
std::optional<std::string> missed_as_ranges(const torch::Tensor& values,
                                            QuantizerTask::Granularity);
/// Brings what of `learned` a step of training took below `least` back to it.
void keep_from(const torch::Tensor& learned, double least);

/// `values` as [1][n], or as [channels][n].
torch::Tensor rows_of(const torch::Tensor& values, QuantizerTask::Granularity);
/// A number for each of those rows as the range of `values`.
torch::Tensor range_of_rows(const torch::Tensor& rows, const torch::Tensor& values,
                            QuantizerTask::Granularity);

/// A UserError unless `state`, which is called `name` and may come from a file, is one number, or
/// one for each output channel of `values`.
void require_range_of(const std::string& name, const torch::Tensor& state,
                      const torch::Tensor& values);
/// A UserError unless it is one number for each of `values`.
void require_one_for_each(const std::string& name, const torch::Tensor& state,
                          const torch::Tensor& values);

/// The nearest codes to `values` (half to even, clamped), as real numbers.
torch::Tensor nearest_codes(const torch::Tensor& values, const torch::Tensor& range,
                            const LinearLevels& levels);
/// The nearest levels. The gradient to `values` is 1 from the lowest level to the highest, both
/// included, and 0 outside (straight-through estimator); `range` has none.
torch::Tensor nearest_levels(const torch::Tensor& values, const torch::Tensor& range,
                             const LinearLevels& levels);
/// nearest_levels, without a gradient of its own.
torch::Tensor rounded(const torch::Tensor& values, const torch::Tensor& range,
                      const LinearLevels& levels);
Codes codes_of(const torch::Tensor& values, const torch::Tensor& range, const LinearLevels& levels);

/// `levels`, which takes the gradient of `values` as it comes (straight-through estimator).
torch::Tensor straight_through(const torch::Tensor& values, const torch::Tensor& levels);
/// `values`, kept from `least` to `most`; gradients pass as if they were not.
torch::Tensor kept_within(const torch::Tensor& values, double least, double most);

}  // namespace bitloom::nn
