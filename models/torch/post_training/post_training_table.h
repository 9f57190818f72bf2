#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Ways to choose a trained network's levels without training it. Nothing here includes LibTorch.
namespace bitloom::nn {

struct LayerCase;
struct FittedLevels;
class FittableWeights;
/// Chooses the codes and scales of a layer's weights.
using LayerFit = FittedLevels (*)(const LayerCase& layer, const FittableWeights& weights);

/// A row of the table.
struct PostTraining {
  std::string_view name;
  std::string_view preset;  // fast, good or best, which names it as well; empty: none
  std::string_view doc;     // one line: what, by whom
  LayerFit fit;
  /// Whether each channel's levels are scaled to the variance of the output in single precision.
  bool matches_variance = false;
  /// Whether roundings and steps are then learned, block by block (learn_roundings()).
  bool learns_roundings = false;
};

/// The methods in the order of their cost.
const std::vector<PostTraining>& post_training_methods();
/// The method of that name or preset. A UserError offers the nearest names.
const PostTraining& post_training_method(std::string_view name);

}  // namespace bitloom::nn
