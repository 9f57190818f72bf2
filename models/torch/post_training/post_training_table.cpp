#include "models/torch/post_training/post_training_table.h"

#include <algorithm>

#include "base/error.h"
#include "models/torch/post_training/layer_fit.h"

namespace bitloom::nn {

const std::vector<PostTraining>& post_training_methods() {
  static const std::vector<PostTraining> methods{
      {.name = "moments",
       .preset = "fast",
       .doc = "each channel's mean and variance as in single precision",
       .fit = round_to_nearest,
       .matches_variance = true},
      {.name = "gptq",
       .preset = "good",
       .doc = "each rounding made up for by the weights that follow (Frantar 2023)",
       .fit = gptq},
      {.name = "adaround",
       .preset = "best",
       .doc = "then roundings and steps learned block by block (Nagel 2020, QDrop 2022)",
       .fit = gptq,
       .learns_roundings = true},
  };
  return methods;
}

const PostTraining& post_training_method(std::string_view name) {
  const auto& methods = post_training_methods();
  const auto found = std::find_if(methods.begin(), methods.end(), [&](const PostTraining& each) {
    return each.name == name || each.preset == name;
  });
  if (found != methods.end()) return *found;
  std::vector<std::string> names;
  for (const PostTraining& each : methods) {
    if (!each.preset.empty()) names.emplace_back(each.preset);
    names.emplace_back(each.name);
  }
  throw unknown_name("post-training method", name, names);
}

}  // namespace bitloom::nn
