// What a recipe for training says of quantization.
#include <fmt/format.h>

#include "base/document.h"
#include "base/error.h"
#include "models/quantizers/quantizer_table.h"
#include "pipelines/learn/train.h"

namespace bitloom::pipelines {

TrainingSettings load_training_recipe(const std::string& name_or_file,
                                      const TrainingSettings& defaults, const Host& host) {
  const TrainingSettings settings = load_recipe(name_or_file, defaults, host);
  if (settings.quantizer.empty()) return settings;
  try {
    nn::quantizer_scheme(settings.quantizer);
  } catch (const UserError& unknown) {
    const DocumentValue document = load_document(recipe_path(name_or_file, host));
    throw unknown.with_text(document.at("quantizer").error(unknown.what()).what());
  }
  return settings;
}

void require_for_single_precision(const std::string& recipe, const TrainingSettings& settings) {
  const std::pair<const char*, bool> of_quantized[] = {
      {"quantizer", !settings.quantizer.empty()},
      {"bits", !settings.bits.empty()},
      {"edge_layers", !settings.edge_layers.empty()},
      {"progressive", !settings.progressive.empty()},
      {"widths", !settings.widths.empty()},
      {"weight_decay.levels", settings.optimizer.decay.levels.has_value()},
      {"distillation", settings.teacher_weight > 0}};
  for (const auto& [key, is_there] : of_quantized)
    if (is_there)
      throw UserError(fmt::format(
          "--recipe {}: has {}, which is of quantized networks; `bitloom finetune` trains them",
          recipe, key));
}

QuantizationChoice quantization_of(const TrainingSettings& settings, QuantizationChoice given) {
  constexpr auto kActivations = graph::Activations::kIntegerOrFloat;
  PolicyChoice& policy = given.policy;
  const bool has_bits = policy.bits || policy.file || policy.of_model || policy.listed;
  if (!settings.quantizer.empty() && !given.scheme) given.scheme = settings.quantizer;
  if (!settings.bits.empty() && !has_bits)
    policy.bits = graph::parse_precision("bits", settings.bits, kActivations);
  // A policy says the bits of every layer.
  if (!settings.edge_layers.empty() && !policy.edge_layers && !policy.file && !policy.listed)
    policy.edge_layers = graph::parse_precision("edge_layers", settings.edge_layers, kActivations);
  return given;
}

}  // namespace bitloom::pipelines
