#pragma once

#include <optional>
#include <string>

#include "pipelines/learn/quantization.h"
#include "pipelines/learn/search_images.h"
#include "pipelines/learn/search_result.h"
#include "pipelines/search_space.h"
#include "search/policy/filter_space.h"

namespace bitloom::pipelines {

/// The least of a cost that loses no more than so many points of top-1.
struct CheapestWithin {
  std::size_t cost;  // of search::cost_kinds()
  double max_loss_pct;
};

/// A search by measured accuracy.
struct MeasuredSearchOptions {
  std::string method = "haq";  // of search::searcher_names(), or method_names()
  SearchSpace space;
  std::string weights;  // a safetensors file
  SearchImageChoice images;
  std::optional<std::string> scheme = {};         // nn::quantizer_scheme(); uniform
  std::optional<Granularity> granularity = {};    // the quantizer's own
  std::optional<std::string> post_training = {};  // nn::post_training_method(); none
  std::optional<data::Normalization> normalization = {};
  std::int64_t episodes = 600;                  // policies to measure
  std::uint64_t seed = 0;                       // the same seed, the same search
  std::optional<std::int64_t> warmup = {};      // haq, autoq: episodes that act at random
  std::optional<search::BitsBy> bits_by = {};   // autoq: what has bits of its own; each filter
  std::optional<std::string> init = {};         // begin at what this method answers
  std::optional<std::string> sensitivity = {};  // a file, for methods that go by it
  std::optional<CheapestWithin> minimize = {};  // the other way round
  std::int64_t episode_batches = 0;          // of 64 images, that each policy is trained on first
  std::int64_t finetune_epochs = 0;          // of the policy found and the best uniform one
  double finetune_rate = 0.01;               // learning rate of either training
  std::optional<ImageChoice> training = {};  // images to train on
  int threads = 1;                           // processor cores
  std::string folder;                        // the run's
};

/// Finds the bits that lose least accuracy within the budgets, or cost least, by measuring
/// policies, and evaluates what it found beside single precision and the best uniform policy, on
/// images that it has not seen. Goes on with a search that was interrupted in the folder, which
/// gets policy.json, result.json, simulation.json, episodes.csv. A UserError where options do not
/// go together, or no policy keeps the budgets.
SearchResult search_measured(const MeasuredSearchOptions& options, const Host& host = {});

/// Whether the method needs no measuring: hawq, hawq-v2, hawq-v3.
bool is_solved_by_sensitivities(const std::string& method);

/// A UserError lists the methods where none is called so.
void require_search_method(const std::string& method);

/// A UserError where options do not go together.
void require_sense(const MeasuredSearchOptions& options);

/// What the search is a function of. `normalization` is the one that is used.
Manifest manifest_of(const MeasuredSearchOptions& options, const PricedNetwork& priced,
                     const SearchImages& images, const data::Normalization& normalization);

}  // namespace bitloom::pipelines
