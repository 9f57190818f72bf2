#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"

/// What many results are made of. `fields()` names the keys of each once, for reading and writing
/// (fields.h).
namespace bitloom::reports {

/// T, or T that is read only.
template <class Some, class T>
concept Is = std::same_as<std::remove_const_t<Some>, T>;

/// Values by name, in the order in which they are told.
template <class Value>
class Named {
 public:
  using Member = std::pair<std::string, Value>;
  using Iterator = typename std::vector<Member>::const_iterator;
  using mapped_type = Value;

  Named() = default;
  Named(std::initializer_list<Member> members) : members_(members) {}

  /// The value of that name; told last where it is new.
  Value& operator[](const std::string& name) {
    const auto place = find(name) - members_.begin();
    if (place == std::ssize(members_)) members_.emplace_back(name, Value());
    return members_[static_cast<std::size_t>(place)].second;
  }
  Iterator find(const std::string& name) const {
    return std::find_if(begin(), end(), [&](const Member& each) { return each.first == name; });
  }
  bool contains(const std::string& name) const { return find(name) != end(); }
  /// A value that is told.
  const Value& at(const std::string& name) const {
    const Iterator found = find(name);
    ensure(found != end(), "a value of that name is told");
    return found->second;
  }
  bool empty() const { return members_.empty(); }
  Iterator begin() const { return members_.begin(); }
  Iterator end() const { return members_.end(); }

 private:
  std::vector<Member> members_;
};

/// Figures by name with unit, such as `latency_ms`; costs are of the whole batch.
using Costs = Named<double>;

/// What an energy may be by what bounds the constants, and its ratio to another of the machine:
/// each constant has one value for both. Absent where no constant is bounded.
struct EnergyEnds {
  std::optional<double> least_mj, most_mj, ratio_least, ratio_most;
};

/// One width, or a list where filters differ, of which `most` is the widest.
template <class Int, class List>
struct Widths {
  Int& most;
  List& of_filters;
};
template <class Int, class List>
Widths<Int, List> widths(Int& most, List& of_filters) {
  return {most, of_filters};
}

struct LayerBits {
  std::string name;
  int weight_bits = 0;  // where filters differ, the most of one
  int activation_bits = 0;
  std::vector<int> filter_bits = {};  // of each filter's weights; empty: all have weight_bits

  bool operator==(const LayerBits&) const = default;

  /// Over the filters.
  double mean_weight_bits() const {
    if (filter_bits.empty()) return weight_bits;
    return std::accumulate(filter_bits.begin(), filter_bits.end(), 0.0) /
           static_cast<double>(filter_bits.size());
  }
};

/// What images were answered, with standard errors; what was not measured is absent.
struct Accuracy {
  std::optional<std::int64_t> images;
  double top1_pct = 0;
  std::optional<double> top1_stderr_pct, top5_pct, top5_stderr_pct;
  std::optional<double> loss, loss_stderr;  // mean cross-entropy, nats
  // From and to, in place of a standard error where all answers are right or none is.
  std::vector<double> top1_range_pct = {}, top5_range_pct = {};

  /// None of top-1 where all answers are right or none is: then no error was seen.
  std::optional<double> known_stderr_pct() const {
    return top1_pct > 0 && top1_pct < 100 ? top1_stderr_pct : std::nullopt;
  }
};

/// A uniform policy that costs are compared with in place of 8/8, at which a layer cannot be
/// mapped.
struct ReferencePolicy {
  std::string bits;  // `4/4`
  Costs costs;
};

template <class Fields>
void fields(Fields& f, Is<ReferencePolicy> auto& reference) {
  f.needs("bits", reference.bits);
  f.needs("cost", reference.costs);
}

template <class Fields>
void fields(Fields& f, Is<EnergyEnds> auto& energy) {
  f.may("energy_least_mj", energy.least_mj);
  f.may("energy_most_mj", energy.most_mj);
  f.may("energy_ratio_least", energy.ratio_least);
  f.may("energy_ratio_most", energy.ratio_most);
}

template <class Fields>
void fields(Fields& f, Is<LayerBits> auto& layer) {
  f.needs("name", layer.name);
  f.needs("weight_bits", widths(layer.weight_bits, layer.filter_bits));
  f.needs("activation_bits", layer.activation_bits);
}

/// A standard error, which is null where a range is in its place.
template <class Fields>
void error_or_range(Fields& f, const char* error_key, auto& error, const char* range_key,
                    auto& range) {
  range.empty() ? f.may(error_key, error) : f.or_null(error_key, error);
  f.may(range_key, range);
}

template <class Fields>
void fields(Fields& f, Is<Accuracy> auto& accuracy) {
  f.may("images", accuracy.images);
  f.needs("top1_pct", accuracy.top1_pct);
  error_or_range(f, "top1_stderr_pct", accuracy.top1_stderr_pct, "top1_range_pct",
                 accuracy.top1_range_pct);
  f.may("top5_pct", accuracy.top5_pct);
  error_or_range(f, "top5_stderr_pct", accuracy.top5_stderr_pct, "top5_range_pct",
                 accuracy.top5_range_pct);
  f.may("loss", accuracy.loss);
  accuracy.loss ? f.or_null("loss_stderr", accuracy.loss_stderr)  // of one image there is none
                : f.may("loss_stderr", accuracy.loss_stderr);
}

}  // namespace bitloom::reports
