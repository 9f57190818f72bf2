#pragma once

#include <optional>
#include <string>

#include "pipelines/choices.h"
#include "pipelines/learn/images.h"
#include "search/measure/sensitivity_file.h"

namespace bitloom::pipelines {

struct SensitivityOptions {
  NetworkChoice network;
  std::string weights;            // a safetensors file
  ImageChoice data;               // unless a count is chosen, as many as the method wants
  std::string method = "fisher";  // of search::sensitivity_methods()
  std::optional<std::string> quantizer = {};      // whose error Omega is of; uniform
  std::optional<std::string> post_training = {};  // what chooses each operand's levels, where each
                                                  // width is measured; none
  ComputeChoice compute = {};
  std::optional<std::int64_t> probes = {};    // of the trace, at most; 30 at least; 300
  std::optional<double> relative_error = {};  // of every layer's trace, at which probing ends; 0.05
  std::uint64_t seed = 0;                     // of random probes, starts and augmentation
  std::optional<int> least_bits = {};  // of the widths that are tabulated; else 1, or 2 where each
                                       // is measured
  int most_bits = 8;
  /// Of the images where each width is measured; else data::usual_augmentation().
  std::optional<data::Augmentation> augmentation = {};
  bool by_filter = false;  // each filter of the weights, too
  std::string output;      // the figures as JSON; `.partial` beside it while it works
};

/// How much the loss minds each layer's bits.
struct MeasuredSensitivity {
  search::Sensitivity sensitivity;
  std::int64_t images = 0;   // measured on
  std::int64_t done = 0;     // by this run and earlier ones, in the method's unit
  std::int64_t already = 0;  // of that by earlier ones
};

/// Measures and writes the figures; goes on with what an interrupted measurement with the same
/// options left beside the output. A UserError where no method or quantizer has that name, or the
/// record is another measurement's, where a method that
/// measures factors is asked to augment or to choose levels, or there are no widths.
MeasuredSensitivity measure_sensitivity(const SensitivityOptions& options, const Host& host = {});

}  // namespace bitloom::pipelines
