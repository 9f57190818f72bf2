#pragma once

#include <map>

#include <nlohmann/json_fwd.hpp>

#include "reports/results/costs.h"

namespace bitloom {
class JsonValue;
}

/// What a search by measured accuracy leaves: `result.json`.
namespace bitloom::reports {

/// A policy whose final accuracy was measured: the one found, or one it is compared with.
struct Candidate {
  std::string name;                    // found, uniform, float, 8/8, ...
  std::string label;                   // for people; the name where there is none
  std::vector<LayerBits> layers;       // empty in single precision
  std::map<std::string, Costs> costs;  // by engine
  std::string engine = "analytic";     // that the search priced with
  std::optional<Accuracy> post_training;
  std::optional<Accuracy> finetuned;
  EnergyEnds energy = {};  // by that engine

  /// By the engine that the search priced with, else by any; empty where it was not priced.
  Costs cost() const;
};

/// By how much a candidate is more accurate than another on the same final images.
struct Difference {
  std::string of, from;  // names of candidates
  std::string stage;     // post_training, finetuned
  double top1_points = 0;
  // Of the mean of paired differences; where these are all alike, from and to in its place.
  std::optional<double> stderr_points = {};
  std::vector<double> range_points = {};
};

/// Where a search by episodes began.
struct Start {
  std::string method;     // whose policy it was
  bool is_found = false;  // no episode's policy was better
};

struct MeasuredSearchFile {
  std::int64_t schema = 1;
  std::string network, hardware;
  std::string engine = "analytic";  // that the search priced with
  std::string method;
  std::int64_t seed = 0;
  std::string goal;                                   // in words
  std::optional<std::string> energy_technology = {};  // `45 nm ASIC`
  std::vector<std::string> budgets;
  Costs limits, costs_at_8_bits;  // the latter empty where there is a reference
  std::optional<ReferencePolicy> reference = {};
  std::string quantizer;
  std::string reward_data, final_data;  // images
  std::int64_t episodes = 0;
  std::optional<Start> start;
  std::vector<Candidate> candidates;
  std::vector<Difference> differences;
};

nlohmann::ordered_json to_json(const Accuracy& accuracy);
std::string json_text(const MeasuredSearchFile& search);
MeasuredSearchFile read_measured_search(const JsonValue& json);

}  // namespace bitloom::reports
