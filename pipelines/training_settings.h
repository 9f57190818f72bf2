#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields.h"
#include "models/torch/training_options.h"
#include "pipelines/host.h"
#include "pipelines/manifest.h"

namespace bitloom::pipelines {

/// How a network is trained. A recipe is a file of these, `configs/training/NAME.yaml`
/// (docs/reference/recipes.md).
struct TrainingSettings {
  std::string description = {};
  std::string paper = {};

  // Of fine-tuning; what is empty is left to the command line.
  std::string quantizer = {};                  // nn::quantizer_scheme()
  std::string bits = {};                       // W/A
  std::string edge_layers = {};                // W/A
  std::vector<std::int64_t> progressive = {};  // bits of the stages before: at_least_bits
  std::vector<std::int64_t> widths = {};       // trained at once, of weights and activations

  std::int64_t epochs = 20;  // of a stage
  std::int64_t batch = 128;
  nn::OptimizerOptions optimizer = {};
  nn::RateSchedule rate = {};
  double label_smoothing = 0;
  double teacher_weight = 0;  // of the loss that the float network teaches; 0: none
  double temperature = 1;
  std::int64_t norm_batches = 0;

  void show(FieldVisitor& visitor);
};

/// The recipes that have names, sorted: those in `training` beside the folder of hardware.
std::vector<std::string> recipe_names(const Host& host = {});
/// The file of a recipe: a file (hardware::is_hardware_file()), else a name. A UserError offers the
/// nearest names.
std::string recipe_path(const std::string& name_or_file, const Host& host = {});
/// Reads a recipe; what it leaves out is as in `defaults`. A UserError says file, line and column,
/// and what would be right.
TrainingSettings load_recipe(const std::string& name_or_file, const TrainingSettings& defaults,
                             const Host& host = {});

/// Declares all that the quantization does not tell.
void declare(TrainingSettings settings, Manifest& manifest);

}  // namespace bitloom::pipelines
