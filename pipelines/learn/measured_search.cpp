#include "pipelines/learn/measured_search.h"

#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/output_file.h"
#include "models/torch/codes_network.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"
#include "models/weights/widths.h"
#include "pipelines/learn/evaluation_report.h"
#include "pipelines/learn/filter_deviations.h"
#include "pipelines/learn/lost_points.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/search_episodes.h"
#include "pipelines/learn/stored_quantization.h"
#include "pipelines/learn/train.h"
#include "pipelines/learn/uniform_policy.h"
#include "pipelines/learn/used_images.h"
#include "pipelines/run_folder.h"
#include "pipelines/weights_choice.h"
#include "reports/policy_search.h"
#include "search/agent/autoq_searcher.h"
#include "search/agent/ddpg.h"
#include "search/measure/accuracy_oracle.h"
#include "search/measure/short_finetuning.h"
#include "search/policy/methods.h"
#include "search/searchers.h"

namespace bitloom::pipelines {
namespace {

/// A search under way: what it was asked and what that came to.
class MeasuredSearch {
 public:
  MeasuredSearch(const MeasuredSearchOptions& options, const Host& host)
      : options_(options),
        host_(host),
        priced_(
            std::make_shared<const PricedNetwork>(price(options.space, options.sensitivity, host))),
        limits_(limits(options.space, *priced_)),
        space_(priced_->problem, limits_),
        weights_(load_weights(options.space.network, options.weights, host)),
        images_(load(options.images, host)),
        loading_(loading(weights_,
                         {.threads = options.threads, .normalization = options.normalization})),
        how_(measured_with(weights_, options.scheme, options.granularity, options.post_training)) {
    require_unquantized(weights_, "other quantizers");
    if (options.training && !data::is_generated(options.training->spec))
      require_unseen(images_, *training_images(), "--train-data");
    for (const Images& some : {images_.calibration, images_.reward, images_.final})
      data::require_labels_below(*some, classes());
    warn_of_other_weights();
    if (options_.init) start_ = solved(*options_.init).choices;
    if (space_.operands().empty())
      throw UserError("there is nothing to search: every layer has its bits fixed");
    require_trained(weights_, space_.operands());
    if (const auto* kind = search::searcher_kind(options.method); kind && kind->make_by_filter)
      search_filters(options.bits_by.value_or(search::BitsBy::kFilter));
  }

  SearchResult run() {
    const RunFolder folder(options_.folder,
                           manifest_of(options_, *priced_, images_, loading_.normalization), host_);
    write_file(path(kImagesFile), images_csv({{"calibration", *images_.calibration},
                                              {"reward", *images_.reward},
                                              {"final", *images_.final}}));
    SearchResult result = search();
    finish(result);
    write(result);
    return result;
  }

 private:
  void search_filters(search::BitsBy bits_by) {
    if (bits_by == search::BitsBy::kFilter && is_trained_at_widths())
      throw weights_.file.error(
          "was trained at widths of whole layers, and autoq gives each filter its own; --bits-by "
          "layer would be right");
    filters_.emplace(space_, limits_,
                     search::FilterCosts(priced_->network.layers, priced_->hardware,
                                         priced_->hardware.batch(), options_.space.engine.options),
                     bits_by,
                     options_.minimize ? std::optional(options_.minimize->cost) : std::nullopt);
  }

  bool is_trained_at_widths() const { return weights::has_widths(weights_.file); }
  std::int64_t classes() const { return weights_.network.graph.nodes().back().shape[0]; }

  void warn_of_other_weights() const {
    const auto& on = priced_->problem.sensitivity.measured_on;
    if (on && host_.warning && on->weights_hash != file_hash(options_.weights))
      host_.warning(fmt::format("{}: was measured on {} (hash {}), not on --weights {}",
                                *options_.sensitivity, on->weights, on->weights_hash,
                                options_.weights));
  }

  Images training_images() const {
    return load(options_.training.value_or(options_.images.data), data::Part::kTrain);
  }

  /// What each policy gets before it is measured.
  search::AccuracyOracle::Adapt adapting() const {
    constexpr std::int64_t kBatch = 64;
    if (options_.episode_batches == 0) return {};
    data::LoaderOptions how = loading_;
    how.batch_size = kBatch;
    how.epochs = std::numeric_limits<std::int32_t>::max();
    how.shuffle = true;
    how.augmentation = data::usual_augmentation(how.input);
    how.seed = options_.seed;
    data::Loader loader(training_images(), how);
    const auto training = std::make_shared<search::ShortFinetuning>(
        loader, options_.episode_batches, options_.finetune_rate);
    return [training](const std::shared_ptr<nn::QuantizedNetwork>& model) { (*training)(model); };
  }

  search::AccuracyOracle oracle(const Images& scored,
                                search::AccuracyOracle::Adapt adapt = {}) const {
    QuantizationChoice quantization;
    quantization.post_training = options_.post_training;
    const std::int64_t usual = usual_calibration_images(quantization, weights_.network.graph);
    data::Loader calibration(drawn_images(images_.calibration, usual), loading_),
        scoring(scored, loading_);
    Step step(host_, "calibrate");
    search::AccuracyOracle oracle(
        std::make_shared<nn::Network>(weights_.network.graph, weights_.runnable->parameters(),
                                      weights_.file.path()),
        how_, calibration, scoring, std::move(adapt),
        [&](std::int64_t done, std::int64_t of) { step.update(static_cast<double>(done), of); });
    use_trained_widths(oracle, weights_);
    return oracle;
  }

  nn::Accuracy accuracy_of(const nn::Classifier& classify, const Images& scored) const {
    data::Loader loader(scored, loading_);
    Step step(host_, "evaluate", "images");
    return nn::evaluate(classify, loader, scored->size(), [&](std::int64_t done, std::int64_t of) {
      step.update(static_cast<double>(done), of);
    });
  }

  nn::Accuracy float_accuracy(const Images& scored) const {
    const auto network = weights_.runnable;
    return accuracy_of([&](const torch::Tensor& x) { return network->forward(x); }, scored);
  }

  /// The policy that a method finds by sensitivities.
  search::Solution solved(const std::string& method) const {
    return search::find_policy(search::find_method(method), priced_->problem, limits_, {});
  }

  search::Goal goal() const {
    const nn::Accuracy at_most = float_accuracy(images_.reward);
    if (host_.warning && at_most.is_by_chance(classes()))
      host_.warning(fmt::format("search: single precision has {:.2f} % top-1; {}",
                                at_most.top1_pct.value, kByChance));
    search::Goal goal{.float_top1_pct = at_most.top1_pct.value};
    if (const auto& least = options_.minimize)
      goal.least_cost = {least->cost, priced_->costs_at_8_bits[least->cost], least->max_loss_pct};
    return goal;
  }

  std::unique_ptr<search::Searcher> searcher() const {
    search::SearchTask task{.space = space_,
                            .episodes = options_.episodes,
                            .seed = options_.seed,
                            .make_agent = search::ddpg_agent,
                            .warmup = options_.warmup};
    if (start_) task.start = space_.levels(*start_);
    return search::searcher_kind(options_.method)->make(task);
  }

  std::unique_ptr<search::FilterSearcher> filter_searcher() const {
    return search::searcher_kind(options_.method)
        ->make_by_filter(
            {.space = *filters_,
             .episodes = options_.episodes,
             .seed = options_.seed,
             .make_agent = search::ddpg_agent,
             .warmup = options_.warmup,
             .deviations = filter_deviations(*weights_.runnable, priced_->network.layers)});
  }

  SearchedEpisodes searched(const search::Goal& goal, search::AccuracyOracle& measure) const {
    const std::size_t shown = goal.least_cost   ? goal.least_cost->cost
                              : limits_.empty() ? 0
                                                : limits_.front().cost;
    const auto run = [&](search::Learner& learner, Propose propose) {
      return run_episodes(
          {priced_->network.layers.size(), goal, learner, std::move(propose), std::ref(measure),
           options_.episodes, options_.folder, priced_->costs_at_8_bits, shown},
          host_);
    };
    if (filters_) {
      const auto searching = filter_searcher();
      return run(*searching, proposals_of(*searching, *filters_));
    }
    const auto searching = searcher();
    return run(*searching, proposals_of(*searching, space_));
  }

  /// Else its policy is solved for, and only measured.
  bool has_episodes() const { return !is_solved_by_sensitivities(options_.method); }

  /// What budgets are fractions of: `8/8`; it is not fine-tuned.
  std::string reference_name() const { return graph::to_text(priced_->reference); }

  std::vector<std::string> budget_texts() const {
    std::vector<std::string> texts;
    for (const search::AskedBudget& budget : options_.space.budgets)
      texts.push_back(search::to_text(budget));
    return texts;
  }

  /// In words, what is least and what must hold.
  std::string goal_text() const {
    std::string text = fmt::format("{}", fmt::join(budget_texts(), ", "));
    if (const auto& least = options_.minimize)
      text +=
          fmt::format("{}least {} at {:g} points of top-1 lost at most", text.empty() ? "" : ", ",
                      search::cost_kinds()[least->cost].name, least->max_loss_pct);
    return text;
  }

  SearchResult search() {
    SearchResult result{.method = options_.method,
                        .goal = goal_text(),
                        .priced = priced_,
                        .engine = options_.space.engine.name(),
                        .budgets = budget_texts(),
                        .limits = limits_,
                        .quantizer = how_.scheme,
                        .seed = static_cast<std::int64_t>(options_.seed),
                        .reward_text = images_.reward_text,
                        .final_text = images_.final_text};
    result.could_lose_less = could_be_post_trained(how_) && !is_trained_at_widths() &&
                             options_.episode_batches == 0 && options_.finetune_epochs == 0;
    const search::Goal goal = this->goal();
    search::AccuracyOracle measure = oracle(images_.reward, adapting());
    Candidate found{.name = "found", .label = options_.method};
    if (!has_episodes()) {
      solution_ = solved(options_.method);
      found.policy = {search::policy_of(priced_->problem, solution_->choices)};
    } else {
      result.episodes = options_.episodes;
      const SearchedEpisodes episodes = searched(goal, measure);
      found.policy = episodes.best.policy;
      result.measured = episodes.measured;
      result.seconds = episodes.seconds;
      result.agent_seconds = episodes.agent_seconds;
    }
    result.candidates = {{.name = "float", .label = "single precision", .policy = std::nullopt},
                         std::move(found)};
    add_start(result);
    const char* const step =
        has_episodes() ? "best uniform policy (2 of 3)" : "best uniform policy (1 of 2)";
    if (const auto uniform =
            best_uniform(space_, options_.space.weight_bits, options_.space.activation_bits, goal,
                         std::ref(measure), step, host_))
      result.candidates.push_back({.name = "uniform",
                                   .label = "uniform " + graph::to_text(uniform->bits),
                                   .policy = graph::FilterPolicy{uniform->policy}});
    result.candidates.push_back({.name = reference_name(),
                                 .label = reference_name(),
                                 .policy = graph::FilterPolicy{graph::uniform_policy(
                                     priced_->network.layers.size(), priced_->reference)}});
    return result;
  }

  /// Where the search began, if it went on from there.
  void add_start(SearchResult& result) const {
    if (!start_) return;
    result.start = options_.init;
    graph::FilterPolicy policy{search::policy_of(priced_->problem, *start_)};
    if (policy == *result.candidates.back().policy) return;
    result.candidates.push_back({.name = "start",
                                 .label = fmt::format("{}, the start", *options_.init),
                                 .policy = std::move(policy)});
  }

  /// Costs and final accuracies.
  void finish(SearchResult& result) const {
    search::AccuracyOracle measure = oracle(images_.final);
    const char* const name = has_episodes() ? "final figures (3 of 3)" : "final figures (2 of 2)";
    Step step(host_, name);
    for (Candidate& candidate : result.candidates) {
      if (!candidate.policy) {
        candidate.post_training = float_accuracy(images_.final);
        continue;
      }
      PolicyCosts own = policy_costs(options_.space.engine, *priced_, *candidate.policy);
      candidate.energy = std::move(own.energy);
      candidate.costs = costs_by_other_engines(options_.space.engine, *priced_, *candidate.policy);
      candidate.costs[options_.space.engine.name()] = std::move(own.costs);
      step.update(static_cast<double>(&candidate - result.candidates.data()),
                  std::ssize(result.candidates));
      candidate.post_training = measure(*candidate.policy);
      if (options_.finetune_epochs > 0 && candidate.name != reference_name())
        candidate.finetuned = finetuned(candidate);
    }
  }

  nn::Accuracy finetuned(const Candidate& candidate) const {
    const std::string policy = path(candidate.name + ".json");
    write_file(policy, policy_text(*candidate.policy));
    TrainOptions training;
    training.network = options_.space.network;
    training.weights = options_.weights;
    training.data = options_.training.value_or(options_.images.data);
    training.compute.threads = options_.threads;
    training.compute.normalization = options_.normalization;
    training.settings.epochs = options_.finetune_epochs;
    training.settings.rate.start = options_.finetune_rate;
    training.seed = options_.seed;
    training.folder = path("finetuned-" + candidate.name);
    QuantizationChoice quantization;
    quantization.policy.file = policy;
    if (!is_trained_at_widths()) quantization.scheme = how_.scheme;
    quantization.post_training = options_.post_training;
    quantization.granularity = options_.granularity;
    finetune(training, quantization, {}, host_);
    const LoadedWeights trained =
        load_weights(options_.space.network, training.folder + "/best.safetensors", host_);
    const auto model = std::make_shared<nn::QuantizedNetwork>(
        trained.runnable, choose_quantization({}, trained).quantization);
    model->load_state(trained.file);
    return accuracy_of(nn::classifier_of(model), images_.final);
  }

  /// search.json, of the solution by sensitivities.
  std::string solution_text() const {
    const EngineChoice& engine = options_.space.engine;
    const graph::FilterPolicy policy{search::policy_of(priced_->problem, solution_->choices)};
    return reports::policy_search_json(
        {.method = options_.method,
         .hardware = priced_->hardware.name(),
         .engine = engine.name(),
         .batch = priced_->hardware.batch(),
         .network = &priced_->problem,
         .costs_at_8_bits = priced_->costs_at_8_bits,
         .reference = priced_->reference,
         .query = {.limits = limits_},
         .solution = *solution_,
         .energy = policy_costs(engine, *priced_, policy).energy,
         .energy_at_8_bits = costs_at_reference(engine, *priced_).energy});
  }

  std::string path(const std::string& name) const { return options_.folder + "/" + name; }

  std::string policy_text(const graph::FilterPolicy& policy) const {
    return reports::policy_json(priced_->network.graph.name(), priced_->network.layers, policy);
  }

  void write(const SearchResult& result) const {
    for (const Candidate& candidate : result.candidates) {
      if (!candidate.policy || candidate.name == reference_name()) continue;
      const bool is_found = candidate.name == "found";
      if (is_found) write_file(path("policy.json"), policy_text(*candidate.policy));
      write_file(path(is_found ? "simulation.json" : "simulation-" + candidate.name + ".json"),
                 simulation_json(options_.space, *priced_, *candidate.policy));
    }
    if (options_.sensitivity)
      write_file(path("sensitivity.json"), search::sensitivity_json(priced_->problem.sensitivity));
    if (solution_) write_file(path("search.json"), solution_text());
    write_file(path("result.json"), search_result_json(result));
  }

  const MeasuredSearchOptions& options_;
  const Host& host_;
  std::shared_ptr<const PricedNetwork> priced_;
  std::vector<search::Limit> limits_;
  search::PolicySpace space_;
  std::optional<search::FilterSpace> filters_;  // where filters may have bits of their own
  LoadedWeights weights_;
  std::optional<search::Choices> start_;
  std::optional<search::Solution> solution_;  // by sensitivities
  SearchImages images_;
  data::LoaderOptions loading_;
  nn::Quantization how_;
};

}  // namespace

SearchResult search_measured(const MeasuredSearchOptions& options, const Host& host) {
  require_sense(options);
  nn::use_processors(options.threads);
  MeasuredSearchOptions of_weights = options;  // what is priced has the classes of the weights
  of_weights.space.network = with_classes_of(options.space.network, options.weights);
  return MeasuredSearch(of_weights, host).run();
}

}  // namespace bitloom::pipelines
