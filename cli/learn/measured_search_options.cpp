#include "cli/learn/measured_search_options.h"

#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "search/policy/methods.h"
#include "search/searchers.h"

namespace bitloom::cli {
namespace {

constexpr std::int64_t kMostSearchImages = 1'000'000'000;

}  // namespace

pipelines::MeasuredSearchOptions MeasuredSearchOptions::choice() const {
  if (minimize.has_value() != max_loss.has_value())
    throw UserError("--minimize and --max-loss: each needs the other");
  pipelines::MeasuredSearchOptions choice{
      .method = method,
      .space = space.space(),
      .weights = weights.of(space.network.network),
      .images = {.data = data.choice(),
                 .test = test.optional_choice(),
                 .reward = parse_integer("--reward-images", reward_images, 1, kMostSearchImages)},
      .scheme = scheme,
      .granularity = parse_granularity(granularity),
      .post_training = post_training,
      .normalization = run.choice().normalization,
      .seed = static_cast<std::uint64_t>(
          parse_integer("--seed", seed, 0, std::numeric_limits<std::int32_t>::max())),
      .init = init,
      .sensitivity = sensitivity,
      .episode_batches = parse_integer("--episode-finetune", episode_batches, 0, 100'000),
      .finetune_epochs = parse_integer("--finetune-epochs", finetune_epochs, 0, 100'000),
      .training = training.optional_choice(),
      .threads = run.choice().threads,
      .folder = folder};
  if (final_images)
    choice.images.final = parse_integer("--final-images", *final_images, 1, kMostSearchImages);
  if (episodes) choice.episodes = parse_integer("--episodes", *episodes, 1, 1'000'000);
  if (finetune_rate) choice.finetune_rate = parse_real("--finetune-rate", *finetune_rate, 0, 1000);
  if (episodes && pipelines::is_solved_by_sensitivities(method))
    throw UserError(fmt::format("--episodes: {} measures none; leave it out", method));
  if (finetune_rate && choice.finetune_epochs == 0 && choice.episode_batches == 0)
    throw UserError(
        "--finetune-rate: nothing is trained; add --finetune-epochs or --episode-finetune");
  if (warmup) choice.warmup = parse_integer("--warmup", *warmup, 0, choice.episodes);
  if (bits_by) choice.bits_by = search::parse_bits_by(*bits_by);
  if (minimize)
    choice.minimize = {search::parse_cost_kind("--minimize", *minimize),
                       parse_real("--max-loss", *max_loss, 0, 100)};
  return choice;
}

void MeasuredSearchOptions::add_to(CLI::App& command) {
  look_at(command
              .add_option("--method", method,
                          fmt::format("{}; or, by --sensitivity, {} (haq)",
                                      fmt::join(search::searcher_names(), ", "),
                                      fmt::join(search::method_names(), ", ")))
              ->type_name("NAME"),
          pipelines::require_search_method);
  space.network.network.add_to(command);
  space.add_to(command);
  command.get_option("--hardware")->required();
  const auto text = [&command](const char* flag, auto& value, const std::string& help,
                               const char* type) {
    return command.add_option(flag, value, help)->type_name(type);
  };
  weights.add_to(command, "the trained network: a safetensors file");
  data.add_to(command, "",
              "images to search with; of files that come without --test-data, some are kept for "
              "the final figures");
  test.add_to(command, "test-", "images that the final figures are of, never searched with");
  text("--reward-images", reward_images, "images that each policy is measured on (500)", "N");
  text("--final-images", final_images,
       "images that the final figures are of (all; shapes32: 2,000)", "N");
  command.get_option("--data")->required();
  add_scheme_to(command, scheme, granularity);
  add_post_training_to(command, post_training);
  text("--episodes", episodes, "policies to measure (600)", "N");
  text("--seed", seed, "the same seed, the same search (0)", "N");
  text("--warmup", warmup,
       "episodes that act at random (haq: 20, a sixth of under 120; autoq: a quarter)", "N");
  look_at(text("--bits-by", bits_by,
               "autoq: what has bits of its own: filter, layer or network (filter)", "WHAT"),
          search::parse_bits_by);
  text("--init", init, "begin at what hawq-v3 (hawq-v2, hawq) answers", "METHOD");
  text("--sensitivity", sensitivity, "for it: omegas as `bitloom sensitivity` writes them", "FILE");
  text("--minimize", minimize, "the other way round: least latency, energy, dram, size, bops ...",
       "COST");
  text("--max-loss", max_loss, "... at no more than so many points of top-1 lost", "PCT");
  text("--episode-finetune", episode_batches,
       "batches of 64 that each policy is trained on before it is measured (0)", "N");
  text("--finetune-epochs", finetune_epochs,
       "fine-tune the policy found and the best uniform one so long (0)", "N");
  text("--finetune-rate", finetune_rate, "learning rate of it (0.01)", "X");
  training.add_to(command, "train-", "images to fine-tune on (shapes32: its training images)");
  add_normalization_to(command, run.normalization);
  text("--threads", run.threads, "processor cores to use (1)", "N");
  text("-o,--output", folder, "the run's folder; an interrupted search there goes on", "FOLDER")
      ->required();
}

}  // namespace bitloom::cli
