#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace bitloom::search {

/// One way to quantize a layer.
struct Choice {
  std::string label;          // such as `4/6`
  double omega = 0;           // the loss expected of it, in any unit; may be negative
  std::vector<double> costs;  // by Problem::cost_names, each at least 0
  bool allowed = true;
};

struct LayerChoices {
  std::string name;
  std::vector<Choice> choices;
};

/// At most `value` of a cost, summed over the layers.
struct Limit {
  std::size_t cost;  // index into Problem::cost_names
  double value;
};

/// Limits that hold at once.
struct Budget {
  std::string name;
  std::vector<Limit> limits;
};

/// The program of HAWQ-V3 (Yao et al. 2021, section 3.4): one choice for each layer, least sum of
/// omega under limits on sums of costs. Layers that a tie joins choose the same index; ties that
/// share a layer are one.
struct Problem {
  std::vector<std::string> cost_names;
  std::vector<LayerChoices> layers;
  std::vector<std::vector<std::size_t>> ties;  // indices of layers
  std::vector<Budget> budgets;
};

/// Index of the chosen way for each layer.
using Choices = std::vector<std::size_t>;

double omega_of(const Problem& problem, const Choices& choices);
/// By Problem::cost_names.
std::vector<double> costs_of(const Problem& problem, const Choices& choices);
double cost_of(const Problem& problem, const Choices& choices, std::size_t cost);

/// Layers that choose alike, each layer in one group, groups and layers in ascending order.
std::vector<std::vector<std::size_t>> groups_of(const Problem& problem);

/// Indices at which every layer of `group` is allowed to be.
std::vector<std::size_t> allowed_in(const Problem& problem, const std::vector<std::size_t>& group);

/// The index of a cost's name; a UserError lists the known ones.
std::size_t cost_index(const Problem& problem, const std::string& name);

}  // namespace bitloom::search
