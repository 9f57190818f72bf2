#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "pipelines/learn/measured_search.h"
#include "search/policy/methods.h"
#include "search/searchers.h"

namespace bitloom::pipelines {
namespace {

/// Whether the method is a search that may give each filter its own bits.
bool is_by_filter(const std::string& method) {
  const search::SearcherKind* kind = search::searcher_kind(method);
  return kind && kind->make_by_filter;
}

void require_init(const std::string& init, const std::string& method) {
  if (!is_solved_by_sensitivities(init))
    throw UserError(fmt::format(
        "--init '{}': must be a method that goes by sensitivities: hawq-v3, hawq-v2 or hawq",
        init));
  if (is_solved_by_sensitivities(method) || is_by_filter(method))
    throw UserError(
        fmt::format("--init and --method {}: it begins nowhere; leave --init out", method));
}

void require_training_images(const MeasuredSearchOptions& options) {
  const bool trains = options.finetune_epochs > 0 || options.episode_batches > 0;
  if (trains && !options.training && !data::is_generated(options.images.data.spec))
    throw UserError(
        "--finetune-epochs and --episode-finetune: name the images to train on: --train-data");
  if (!trains && options.training)
    throw UserError(
        "--train-data: nothing is trained; add --finetune-epochs or --episode-finetune");
}

/// What is measured here has bits of layers.
void require_whole_layers(const std::string& method) {
  for (const search::Method& each : search::methods())
    if (each.name == method && each.by_filter)
      throw UserError(fmt::format(
          "{}: gives each filter its own bits, which a search that measures accuracy does not; "
          "without --weights and --data it writes a policy that bitloom evaluate measures",
          method));
}

}  // namespace

void require_search_method(const std::string& method) {
  std::vector<std::string> known = search::searcher_names();
  for (const std::string& name : search::method_names()) known.push_back(name);
  if (std::find(known.begin(), known.end(), method) == known.end())
    throw unknown_name("method", method, known);
}

bool is_solved_by_sensitivities(const std::string& method) {
  return std::any_of(search::methods().begin(), search::methods().end(),
                     [&](const search::Method& each) { return each.name == method; });
}

void require_sense(const MeasuredSearchOptions& options) {
  require_search_method(options.method);
  require_whole_layers(options.method);
  if (options.init) {
    require_whole_layers(*options.init);
    require_init(*options.init, options.method);
  }
  const bool needs_sensitivity = options.init || is_solved_by_sensitivities(options.method);
  if (needs_sensitivity && !options.sensitivity)
    throw UserError(
        fmt::format("--sensitivity: {} needs the file that `bitloom sensitivity` writes",
                    options.init.value_or(options.method)));
  if (options.sensitivity && !needs_sensitivity)
    throw UserError(fmt::format(
        "--sensitivity and --method {}: it goes by measured accuracy; add --init hawq-v3, or leave "
        "it out",
        options.method));
  if (options.warmup && options.method != "haq" && !is_by_filter(options.method))
    throw UserError(
        fmt::format("--warmup: is of --method haq and autoq, whose agents begin at random; {} has "
                    "no agent; leave it out",
                    options.method));
  if (options.bits_by && !is_by_filter(options.method))
    throw UserError(fmt::format(
        "--bits-by: is of --method autoq, which may give each filter its own bits; {} gives bits "
        "to layers; leave it out",
        options.method));
  if (options.minimize && needs_sensitivity)
    throw UserError(
        "--minimize and --max-loss go by measured accuracy alone: leave out --init, and "
        "choose haq, random, evolve, anneal, greedy or autoq");
  if (options.space.budgets.empty() && !options.minimize)
    throw UserError("--budget: give one at least, such as latency=0.6x, or --minimize");
  require_training_images(options);
}

Manifest manifest_of(const MeasuredSearchOptions& options, const PricedNetwork& priced,
                     const SearchImages& images, const data::Normalization& normalization) {
  const auto& [method, space, weights, image_choice, scheme, granularity, post_training,
               own_normalization, episodes, seed, warmup, bits_by, init, sensitivity, minimize,
               episode_batches, finetune_epochs, finetune_rate, training, threads, folder] =
      options;
  Manifest manifest("search");
  manifest.option("method", method);
  declare(space, priced, manifest);
  manifest.file("weights", weights);
  declare(image_choice, images, manifest);
  manifest.leave_out(own_normalization);
  manifest.option("normalization", data::to_text(normalization));
  const nn::Quantization how = scheme_of(scheme, granularity, post_training);
  manifest.option("quantizer", how.scheme);
  if (!how.post_training.empty()) manifest.option("post_training", how.post_training);
  manifest.option("granularity", granularity ? std::optional(to_text(*granularity)) : std::nullopt);
  manifest.option("episodes", episodes);
  manifest.option("warmup", warmup);
  manifest.option("bits_by", bits_by ? std::optional(search::to_text(*bits_by)) : std::nullopt);
  manifest.option("seed", seed);
  manifest.option("init", init);
  manifest.file("sensitivity", sensitivity);
  manifest.option("minimize",
                  minimize ? std::optional(std::string(search::cost_kinds()[minimize->cost].name))
                           : std::nullopt);
  manifest.option("max_loss", minimize ? std::optional(minimize->max_loss_pct) : std::nullopt);
  manifest.option("episode_finetune", episode_batches);
  manifest.option("finetune_epochs", finetune_epochs);
  manifest.option("finetune_rate", finetune_rate);
  declare("train_", training, manifest);
  manifest.option("threads", threads);
  manifest.leave_out(folder);
  return manifest;
}

}  // namespace bitloom::pipelines
