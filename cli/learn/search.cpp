#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/output_file.h"
#include "cli/learn/finetuning.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/measured_search_options.h"
#include "cli/learn/model_loading.h"
#include "cli/learn/policy_scores.h"
#include "cli/learn/search_episodes.h"
#include "cli/learn/search_result.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/run_folder.h"
#include "models/torch/codes_network.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"
#include "reports/policy_search.h"
#include "search/agent/ddpg.h"
#include "search/measure/accuracy_oracle.h"
#include "search/measure/short_finetuning.h"
#include "search/policy/methods.h"
#include "search/problem/budget.h"
#include "search/searchers.h"

namespace bitloom::cli {
namespace {

constexpr std::int64_t kComputedAtOnce = 100;  // images

/// A search under way: what it was asked and what that came to.
class MeasuredSearch {
 public:
  explicit MeasuredSearch(const MeasuredSearchOptions& options)
      : options_(options),
        priced_(options.space.price(options.sensitivity)),
        limits_(options.space.limits(priced_)),
        space_(priced_.problem, limits_),
        weights_(load_weights(priced_.network, options.weights)),
        images_(options.images.load()),
        normalization_(options.run.normalization_or(weights_.normalization)),
        seed_(parse_integer("--seed", options.seed, 0, std::numeric_limits<std::int32_t>::max())),
        episodes_(parse_integer("--episodes", options.episodes, 1, 1'000'000)),
        finetune_epochs_(parse_integer("--finetune-epochs", options.finetune_epochs, 0, 100'000)),
        episode_batches_(parse_integer("--episode-finetune", options.episode_batches, 0, 100'000)) {
    how_ = parse_scheme(options.quantizer);
    if (options.warmup) warmup_ = parse_integer("--warmup", *options.warmup, 0, episodes_);
    if (options.minimize)
      least_cost_ = {search::parse_cost_kind("--minimize", *options.minimize),
                     parse_real("--max-loss", *options.max_loss, 0, 100)};
    parse_real("--finetune-rate", options.finetune_rate, 0, 1000);
    if (options.training.is_given() && !data::is_generated(options.training.spec))
      SearchImagesOptions::require_unseen(images_, *training_images(), "--train-data");
    const std::int64_t outputs = weights_.network.graph.nodes().back().shape[0];
    for (const auto& some : {images_.calibration, images_.reward, images_.final})
      data::require_labels_below(*some, outputs);
    if (space_.operands().empty())
      throw UserError("there is nothing to search: every layer has its bits fixed");
  }

  void run() {
    const RunFolder folder(options_.folder, manifest());
    SearchResult result = search();
    finish(result);
    write(result);
    print(search_result_text(result, output_width()) + broken_limits_text(result) +
          fmt::format("written to {}\n", options_.folder));
  }

 private:
  std::string broken_limits_text(const SearchResult& result) const {
    for (const Candidate& candidate : result.candidates)
      if (candidate.name == "found" && candidate.policy)
        return options_.space.broken_limits_text(priced_, *candidate.policy);
    return "";
  }

  nlohmann::ordered_json manifest() const {
    nlohmann::ordered_json m{
        {"command", "search"}, {"version", BITLOOM_VERSION}, {"method", options_.method}};
    m.update(options_.space.manifest(priced_));
    const auto hash = [](const std::optional<std::string>& file) {
      return file ? nlohmann::ordered_json(file_hash(*file)) : nlohmann::ordered_json();
    };
    m.update({{"weights_hash", file_hash(options_.weights)},
              {"data", options_.images.data.spec},
              {"split", or_null(options_.images.data.split)},
              {"images", or_null(options_.images.data.count)},
              {"test_data", options_.images.test.spec},
              {"test_split", or_null(options_.images.test.split)},
              {"test_images", or_null(options_.images.test.count)},
              {"reward_images", images_.reward->size()},
              {"final_images", images_.final->size()},
              {"normalization", data::to_text(normalization_)},
              {"quantizer", how_.scheme},
              {"granularity", or_null(options_.quantizer.granularity)},
              {"episodes", options_.episodes},
              {"warmup", or_null(options_.warmup)},
              {"seed", options_.seed},
              {"init", or_null(options_.init)},
              {"sensitivity_hash", hash(options_.sensitivity)},
              {"minimize", or_null(options_.minimize)},
              {"max_loss", or_null(options_.max_loss)},
              {"episode_finetune", options_.episode_batches},
              {"finetune_epochs", options_.finetune_epochs},
              {"finetune_rate", options_.finetune_rate},
              {"train_data", options_.training.spec},
              {"train_split", or_null(options_.training.split)},
              {"train_images", or_null(options_.training.count)},
              {"threads", options_.run.threads}});
    return m;
  }

  data::LoaderOptions loading() const {
    return {.input = input_of(weights_.network.graph),
            .normalization = normalization_,
            .batch_size = kComputedAtOnce};
  }

  std::shared_ptr<const data::Dataset> training_images() const {
    return (options_.training.is_given() ? options_.training : options_.images.data)
        .load(data::Part::kTrain);
  }

  /// What each policy gets before it is measured.
  search::AccuracyOracle::Adapt adapting() const {
    constexpr std::int64_t kBatch = 64;
    if (episode_batches_ == 0) return {};
    data::LoaderOptions options = loading();
    options.batch_size = kBatch;
    options.epochs = std::numeric_limits<std::int32_t>::max();
    options.shuffle = true;
    options.augmentation = data::usual_augmentation(options.input);
    options.seed = static_cast<std::uint64_t>(seed_);
    data::Loader loader(training_images(), options);
    const auto training = std::make_shared<search::ShortFinetuning>(
        loader, episode_batches_, parse_real("--finetune-rate", options_.finetune_rate, 0, 1000));
    return [training](const std::shared_ptr<nn::QuantizedNetwork>& model) { (*training)(model); };
  }

  search::AccuracyOracle oracle(const std::shared_ptr<const data::Dataset>& scored,
                                search::AccuracyOracle::Adapt adapt = {}) const {
    data::Loader calibration(images_.calibration, loading()), scoring(scored, loading());
    return {std::make_shared<nn::Network>(weights_.network.graph, weights_.runnable->parameters()),
            how_, calibration, scoring, std::move(adapt)};
  }

  nn::Accuracy accuracy_of(const nn::Classifier& classify,
                           const std::shared_ptr<const data::Dataset>& scored) const {
    data::Loader loader(scored, loading());
    Progress progress("evaluate", "images");
    return nn::evaluate(classify, loader, scored->size(), [&](std::int64_t done, std::int64_t of) {
      progress.update(static_cast<double>(done), of);
    });
  }

  nn::Accuracy float_accuracy(const std::shared_ptr<const data::Dataset>& scored) const {
    const auto network = weights_.runnable;
    return accuracy_of([&](const torch::Tensor& x) { return network->forward(x); }, scored);
  }

  /// The policy that a method finds by sensitivities.
  search::Choices solved(const std::string& method) const {
    return search::find_policy(search::find_method(method), priced_.problem, limits_, {}).choices;
  }

  search::Goal goal() const {
    const nn::Accuracy at_most = float_accuracy(images_.reward);
    if (at_most.is_by_chance(weights_.network.graph.nodes().back().shape[0]))
      std::cerr << fmt::format("search: single precision has {:.2f} % top-1; {}\n",
                               at_most.top1_pct.value, kByChance);
    search::Goal goal{.float_top1_pct = at_most.top1_pct.value};
    if (least_cost_)
      goal.least_cost = {least_cost_->first, priced_.costs_at_8_bits[least_cost_->first],
                         least_cost_->second};
    return goal;
  }

  std::unique_ptr<search::Searcher> searcher() const {
    search::SearchTask task{.space = space_,
                            .episodes = episodes_,
                            .seed = static_cast<std::uint64_t>(seed_),
                            .make_agent = search::ddpg_agent,
                            .warmup = warmup_};
    if (options_.init) task.start = space_.levels(solved(*options_.init));
    return search::searcher_kind(options_.method)->make(task);
  }

  /// In words, what is least and what must hold.
  std::string goal_text() const {
    std::string text = fmt::format("{}", fmt::join(options_.space.budgets, ", "));
    if (least_cost_)
      text += fmt::format("{}least {} at {:g} points of top-1 lost at most",
                          text.empty() ? "" : ", ", *options_.minimize, least_cost_->second);
    return text;
  }

  SearchResult search() {
    SearchResult result{.method = options_.method,
                        .goal = goal_text(),
                        .priced = &priced_,
                        .budgets = options_.space.budgets,
                        .limits = limits_,
                        .quantizer = how_.scheme,
                        .seed = seed_,
                        .reward_text = images_.reward_text,
                        .final_text = images_.final_text};
    const search::Goal goal = this->goal();
    search::AccuracyOracle measure = oracle(images_.reward, adapting());
    Candidate found{.name = "found", .label = options_.method};
    if (is_solved_by_sensitivities(options_.method)) {
      found.policy = search::policy_of(priced_.problem, solved(options_.method));
    } else {
      result.episodes = episodes_;
      const auto searching = searcher();
      const std::size_t shown = goal.least_cost   ? goal.least_cost->cost
                                : limits_.empty() ? 0
                                                  : limits_.front().cost;
      found.policy = run_episodes({space_, goal, *searching, std::ref(measure), episodes_,
                                   options_.folder, priced_.costs_at_8_bits, shown})
                         .policy;
    }
    result.candidates = {{.name = "float", .label = "single precision", .policy = std::nullopt},
                         std::move(found)};
    if (auto uniform = best_uniform(goal, measure)) result.candidates.push_back(*uniform);
    return result;
  }

  /// Every layer that may choose at the same bits: of the pairs that keep the limits, and would not
  /// with more bits, the one of the greatest reward.
  std::optional<Candidate> best_uniform(const search::Goal& goal,
                                        search::AccuracyOracle& measure) const {
    const auto weight_bits = search::parse_bit_list("--weight-bits", options_.space.weight_bits);
    const auto activation_bits =
        search::parse_bit_list("--activation-bits", options_.space.activation_bits);
    std::optional<Candidate> best;
    std::pair<double, double> best_worth;
    Progress progress("best uniform policy");
    std::int64_t done = 0;
    for (const int w : weight_bits)
      for (const int a : activation_bits) {
        progress.update(static_cast<double>(done++),
                        std::ssize(weight_bits) * std::ssize(activation_bits));
        const std::optional<search::Levels> levels = uniform_levels({w, a});
        if (!levels || !space_.keeps_limits(*levels)) continue;
        if (!goal.least_cost && fits_with_more(*levels)) continue;
        const graph::Policy policy = space_.policy(*levels);
        const nn::Accuracy accuracy = measure(policy);
        if (!goal.allows(accuracy.top1_pct.value)) continue;
        const std::pair worth(goal.reward(accuracy.top1_pct.value, space_.costs(*levels)),
                              -accuracy.loss.value);
        if (best && worth <= best_worth) continue;
        best_worth = worth;
        best = Candidate{.name = "uniform",
                         .label = "uniform " + graph::to_text(graph::Precision{w, a}),
                         .policy = policy};
      }
    return best;
  }

  /// Whether all weights or all inputs together could have more bits.
  bool fits_with_more(const search::Levels& levels) const {
    using Role = search::Operand::Role;
    const auto fits = [&](Role role) {
      search::Levels more = levels;
      for (std::size_t i = 0; i < more.size(); ++i) {
        const search::Operand& operand = space_.operands()[i];
        if (operand.role == role && ++more[i] == std::ssize(operand.bits)) return false;
      }
      return more != levels && space_.keeps_limits(more);
    };
    return fits(Role::kWeights) || fits(Role::kActivations);
  }

  /// Nothing where an operand cannot have those bits.
  std::optional<search::Levels> uniform_levels(graph::Precision precision) const {
    search::Levels levels;
    for (const search::Operand& operand : space_.operands()) {
      const int bits = operand.role == search::Operand::Role::kWeights ? precision.weight_bits
                                                                       : precision.activation_bits;
      const auto at = std::find(operand.bits.begin(), operand.bits.end(), bits);
      if (at == operand.bits.end()) return std::nullopt;
      levels.push_back(static_cast<int>(at - operand.bits.begin()));
    }
    return levels;
  }

  /// Costs and final accuracies.
  void finish(SearchResult& result) const {
    search::AccuracyOracle measure = oracle(images_.final);
    for (Candidate& candidate : result.candidates) {
      if (!candidate.policy) {
        candidate.post_training = float_accuracy(images_.final);
        continue;
      }
      candidate.costs = costs_by_engine(priced_, *candidate.policy);
      candidate.post_training = measure(*candidate.policy);
      if (finetune_epochs_ > 0) candidate.finetuned = finetuned(candidate);
    }
  }

  nn::Accuracy finetuned(const Candidate& candidate) const {
    const std::string policy = path(candidate.name + ".json");
    write_file(policy, policy_text(*candidate.policy));
    FinetuneOptions options;
    options.train.network = options_.space.network;
    options.train.weights = options_.weights;
    options.train.data = options_.training.is_given() ? options_.training : options_.images.data;
    options.train.run = options_.run;
    options.train.run.batch = "128";
    options.train.epochs = options_.finetune_epochs;
    options.train.learning_rate = options_.finetune_rate;
    options.train.seed = options_.seed;
    options.train.folder = path("finetuned-" + candidate.name);
    options.train.quiet = true;
    options.quantization.scheme = how_.scheme;
    options.quantization.granularity = options_.quantizer.granularity;
    options.quantization.policy.file = policy;
    finetune(options);
    const LoadedWeights trained =
        load_weights(priced_.network, options.train.folder + "/best.safetensors");
    const auto model = std::make_shared<nn::QuantizedNetwork>(
        trained.runnable, choose_quantization({}, trained).quantization);
    model->load_state(trained.file);
    return accuracy_of(nn::classifier_of(model), images_.final);
  }

  std::string path(const std::string& name) const { return options_.folder + "/" + name; }

  std::string policy_text(const graph::Policy& policy) const {
    return reports::policy_json(priced_.network.graph.name(), priced_.network.layers, policy);
  }

  void write(const SearchResult& result) const {
    for (const Candidate& candidate : result.candidates) {
      if (!candidate.policy) continue;
      const bool is_found = candidate.name == "found";
      if (is_found) write_file(path("policy.json"), policy_text(*candidate.policy));
      write_file(path(is_found ? "simulation.json" : "simulation-" + candidate.name + ".json"),
                 options_.space.simulation_json(priced_, *candidate.policy));
    }
    if (options_.sensitivity)
      write_file(path("sensitivity.json"), search::sensitivity_json(priced_.problem.sensitivity));
    write_file(path("result.json"), search_result_json(result));
  }

  const MeasuredSearchOptions& options_;
  PricedNetwork priced_;
  std::vector<search::Limit> limits_;
  search::PolicySpace space_;
  LoadedWeights weights_;
  SearchImages images_;
  data::Normalization normalization_;
  std::int64_t seed_, episodes_, finetune_epochs_, episode_batches_;
  std::optional<std::int64_t> warmup_;
  std::optional<std::pair<std::size_t, double>> least_cost_;  // the cost, and points of top-1
  nn::Quantization how_;
};

}  // namespace

void add_measured_search(CLI::App& program) {
  auto options = std::make_shared<MeasuredSearchOptions>();
  CLI::App* command = program.add_subcommand(
      "search", "the bits of each layer that lose least measured accuracy within budgets");
  options->add_to(*command);
  command->callback([options] {
    options->require_sense();
    nn::use_processors(options->run.processors());
    MeasuredSearch(*options).run();
  });
}

}  // namespace bitloom::cli
