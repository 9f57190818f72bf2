#include "cli/learn/measured_search_options.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "search/policy/methods.h"
#include "search/searchers.h"

namespace bitloom::cli {
namespace {

void require_method(const std::string& method) {
  std::vector<std::string> known = search::searcher_names();
  for (const std::string& name : search::method_names()) known.push_back(name);
  if (std::find(known.begin(), known.end(), method) == known.end())
    throw unknown_name("method", method, known);
}

}  // namespace

bool is_solved_by_sensitivities(const std::string& method) {
  return std::any_of(search::methods().begin(), search::methods().end(),
                     [&](const search::Method& each) { return each.name == method; });
}

void MeasuredSearchOptions::require_sense() const {
  require_method(method);
  if (init && !is_solved_by_sensitivities(*init))
    throw UserError(fmt::format(
        "--init '{}': must be a method that goes by sensitivities: hawq-v3, hawq-v2 or hawq",
        *init));
  if (init && is_solved_by_sensitivities(method))
    throw UserError(
        fmt::format("--init and --method {}: it begins nowhere; leave --init out", method));
  const bool needs_sensitivity = init || is_solved_by_sensitivities(method);
  if (needs_sensitivity && !sensitivity)
    throw UserError(
        fmt::format("--sensitivity: {} needs the file that `bitloom sensitivity` writes",
                    init.value_or(method)));
  if (sensitivity && !needs_sensitivity)
    throw UserError(fmt::format(
        "--sensitivity and --method {}: it goes by measured accuracy; add --init hawq-v3, or leave "
        "it out",
        method));
  if (minimize.has_value() != max_loss.has_value())
    throw UserError("--minimize and --max-loss: each needs the other");
  if (minimize && needs_sensitivity)
    throw UserError(
        "--minimize and --max-loss go by measured accuracy alone: leave out --init, and "
        "choose haq, random, evolve, anneal or greedy");
  if (space.budgets.empty() && !minimize)
    throw UserError("--budget: give one at least, such as latency=0.6x, or --minimize");
  training.require_consistent();
  const bool trains = finetune_epochs != "0" || episode_batches != "0";
  if (trains && !training.is_given() && !data::is_generated(images.data.spec))
    throw UserError(
        "--finetune-epochs and --episode-finetune: name the images to train on: --train-data");
  if (!trains && training.is_given())
    throw UserError(
        "--train-data: nothing is trained; add --finetune-epochs or --episode-finetune");
}

void MeasuredSearchOptions::add_to(CLI::App& command) {
  command
      .add_option("--method", method,
                  fmt::format("{}; or, by --sensitivity, {} (haq)",
                              fmt::join(search::searcher_names(), ", "),
                              fmt::join(search::method_names(), ", ")))
      ->type_name("NAME");
  space.add_to(command);
  command.get_option("--network")->required();
  command.get_option("--hardware")->required();
  const auto text = [&command](const char* flag, auto& value, const char* help, const char* type) {
    return command.add_option(flag, value, help)->type_name(type);
  };
  text("--weights", weights, "the trained network: a safetensors file", "FILE")->required();
  images.add_to(command);
  command.get_option("--data")->required();
  text("--quantizer", quantizer.scheme, kQuantizerHelp, "NAME");
  text("--granularity", quantizer.granularity,
       "a range for each layer's weights or for each channel's (the quantizer's own)",
       "layer|channel");
  text("--episodes", episodes, "policies to measure (600)", "N");
  text("--seed", seed, "the same seed, the same search (0)", "N");
  text("--warmup", warmup, "haq: episodes that act at random (20, a sixth of under 120)", "N");
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
  text("--normalize", run.normalization, "input normalisation (the network's own)", "HOW");
  text("--threads", run.threads, "processor cores to use (1)", "N");
  text("-o,--output", folder, "the run's folder; an interrupted search there goes on", "FOLDER")
      ->required();
}

}  // namespace bitloom::cli
