#pragma once

#include <string>

#include "base/output_file.h"
#include "models/data/dataset.h"
#include "models/torch/evaluation.h"
#include "models/weights/parameters.h"

namespace bitloom::pipelines {

/// What a network reads and answers, in a file for another program to compare with.
class Answers {
 public:
  /// A UserError where `path` cannot be written.
  explicit Answers(const std::string& path) : file_(path) {}

  /// `classify`, watched: what it reads and answers is kept here. Not to outlive this object.
  nn::Classifier watched(nn::Classifier classify);
  /// Writes a safetensors file, all float32: `images` [images][channels][height][width] as the
  /// network reads them, `labels` [images], those of `asked`, and `outputs` [images][classes].
  void save(const data::Dataset& asked);

 private:
  OutputFile file_;
  weights::Parameters tensors_;
};

}  // namespace bitloom::pipelines
