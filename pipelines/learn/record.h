#pragma once

#include <string>

#include "pipelines/learn/quantization.h"

namespace bitloom::pipelines {

struct RecordOptions {
  NetworkChoice network;
  std::string weights;  // a file of ONNX, or one that `calibrate` or `finetune` wrote
  ImageChoice data;     // the first `count` of them
  ComputeChoice compute = {};
  std::int64_t count = 1;
  std::string output;
};

/// What was recorded.
struct Recorded {
  std::size_t layers = 0;  // with codes
  std::size_t of = 0;
  std::int64_t codes = 0;  // that they read
};

/// Writes what each layer of a quantized network multiplies: its weights' codes (integer_layers.h)
/// and, as `record.<layer>.codes`, [images][in channels][height][width], those that it reads on
/// some images. Layers that have no codes are left out, with a warning. A UserError where none has.
Recorded record(const RecordOptions& options, const Host& host = {});

}  // namespace bitloom::pipelines
