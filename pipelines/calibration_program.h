#pragma once

#include <string>
#include <vector>

#include "pipelines/choices.h"

/// `bitloom calibrate` for programs without LibTorch: the program beside this one does it.
namespace bitloom::pipelines {

/// Weights that are to become integers.
struct CalibrationRequest {
  NetworkChoice network;
  PolicyChoice policy = {};  // else the bits that the file was stored with, or 8/8
  std::string weights;       // a safetensors file
  std::string data;          // images that set ranges: data::make_dataset()
  std::string output;        // the file that is written
};

/// `calibrate` and its options, which ask for just that.
std::vector<std::string> arguments_of(const CalibrationRequest& request);

/// Has bitloom-learn calibrate. A UserError where it cannot be started, or fails: it has said why
/// on standard error.
void calibrate_by_program(const CalibrationRequest& request);

}  // namespace bitloom::pipelines
