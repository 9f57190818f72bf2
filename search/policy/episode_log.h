#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/filter_bits.h"

namespace bitloom::search {

/// A policy that a search measured, and what it was worth.
struct Episode {
  std::int64_t number = 0;  // from 1
  double reward = 0;
  double top1_pct = 0;
  double loss = 0;            // mean cross-entropy, nats
  std::vector<double> costs;  // by cost_columns()
  bool within_budget = true;
  std::optional<double> noise;
  double seconds = 0;        // that measuring took
  double agent_seconds = 0;  // that the search took to learn of the episode before and to propose
  graph::FilterPolicy policy;
};

/// `8/8 4.4.2/6`: each layer's bits of weights and activations, of weights those of each filter
/// where they differ.
std::string exact_text(const graph::FilterPolicy& policy);

/// A search's episodes in a file of comma-separated values, a row each, from which it goes on when
/// it was killed: a row that was written half is dropped.
class EpisodeLog {
 public:
  /// Reads what is there already. A UserError names the place of a row that is none of a search
  /// over `layers` layers.
  EpisodeLog(std::string path, std::size_t layers);

  const std::vector<Episode>& episodes() const { return episodes_; }
  void append(const Episode& episode);

 private:
  void write(const std::string& text) const;
  void drop_half_row() const;

  std::string path_;
  std::vector<Episode> episodes_;
};

}  // namespace bitloom::search
