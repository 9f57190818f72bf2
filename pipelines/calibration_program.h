#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipelines/choices.h"
#include "pipelines/host.h"

/// `bitloom calibrate` and `bitloom record` for programs without LibTorch: the program beside this
/// one does it.
namespace bitloom::pipelines {

/// Weights that are to become integers.
struct CalibrationRequest {
  NetworkChoice network;
  PolicyChoice policy = {};  // else the bits that the file was stored with, or 8/8
  std::string weights;       // a safetensors file
  std::string data;          // images that set ranges: data::make_dataset()
  std::string output;        // the file that is written
  std::optional<std::string> post_training = {};  // --ptq
};

/// `calibrate` and its options, which ask for just that.
std::vector<std::string> arguments_of(const CalibrationRequest& request);

/// Codes that are to be recorded.
struct RecordRequest {
  NetworkChoice network;
  std::string weights;      // a quantized file of ONNX
  std::string data;         // data::make_dataset()
  std::int64_t images = 1;  // the first so many
  std::string output;       // the file that is written
};

/// `record` and its options, which ask for just that.
std::vector<std::string> arguments_of(const RecordRequest& request);

/// Has bitloom-learn calibrate; the host hears its warnings. A UserError with its words where it
/// fails, or where it cannot be started.
void calibrate_by_program(const CalibrationRequest& request, const Host& host = {});
void record_by_program(const RecordRequest& request, const Host& host = {});

}  // namespace bitloom::pipelines
