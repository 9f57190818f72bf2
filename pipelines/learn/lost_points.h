#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/torch/accuracy.h"
#include "models/torch/quantization.h"
#include "pipelines/learn/images.h"

/// What quantization without training lost, where other levels may lose less.
namespace bitloom::pipelines {

/// Whether `--ptq` could have chosen the levels of `how`, and did not.
bool could_be_post_trained(const nn::Quantization& how);

/// Some of the images, spread evenly, on which an evaluation asks single precision as well: 250, or
/// all.
class ComparedImages {
 public:
  explicit ComparedImages(const Images& all);
  const Images& images() const { return images_; }
  /// By how many points of top-1 `single`, of these images, is above `quantized`, of all.
  nn::PairedDifference lost_points(const nn::Accuracy& single, const nn::Accuracy& quantized) const;

 private:
  std::vector<std::int64_t> indices_;
  Images images_;
};

/// One sentence, with a line end, where `who` lost more than five points beyond doubt (two standard
/// errors, or the range of images that all differ alike); else nothing.
std::string post_training_hint(const std::string& who, const nn::PairedDifference& lost_points);

}  // namespace bitloom::pipelines
