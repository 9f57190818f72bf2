#pragma once

#include <optional>
#include <string>

#include "models/onnx/export/export.h"
#include "pipelines/choices.h"

namespace bitloom::pipelines {

struct ExportOptions {
  NetworkChoice network;                    // of the zoo, or a file of ONNX with weights
  std::optional<std::string> weights = {};  // a safetensors file; without it zeros, for prices
  onnx::Format format = onnx::Format::kPlain;
};

struct Exported {
  std::string bytes;  // of the file
  std::size_t layers = 0;
  std::int64_t parameters = 0;
};

/// The network as a file of ONNX. QONNX and QDQ take the integers of a file that `calibrate` or
/// `finetune` wrote. A UserError where the weights are of another network, or hold no integers
/// where the format wants them.
Exported export_network(const ExportOptions& options, const Host& host);

}  // namespace bitloom::pipelines
