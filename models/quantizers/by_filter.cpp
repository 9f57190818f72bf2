#include "models/quantizers/by_filter.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "models/quantizers/least_error.h"
#include "models/quantizers/planes.h"

namespace bitloom::nn {
namespace {

/// Filters of one width.
struct Group {
  Tensor filters;  // their output channels, int64
  MadeQuantizer quantizer;

  std::string name(const std::string& of_state, int width) const {
    return fmt::format("{}b.{}", width, of_state);
  }
  Tensor of(const Tensor& weights) const {
    return weights.index_select(0, filters.to(weights.device()));
  }
};

constexpr int kMostBits = 16;  // of codes

/// A type that holds the codes of both; its bits may pass kMostBits.
integer::CodeType covering(const integer::CodeType& a, const integer::CodeType& b) {
  if (a.encoding == b.encoding) return a.bits >= b.bits ? a : b;
  integer::CodeType both = integer::signed_codes(1);
  while (std::min(a.lowest(), b.lowest()) < both.lowest() ||
         std::max(a.highest(), b.highest()) > both.highest())
    ++both.bits;
  return both;
}

using Groups = std::map<int, Group>;  // by width

Groups grouped(const std::vector<int>& bits, const std::function<MadeQuantizer(int)>& make) {
  std::map<int, std::vector<std::int64_t>> by_width;
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (bits[i] > 0) by_width[bits[i]].push_back(static_cast<std::int64_t>(i));
  Groups groups;
  for (const auto& [width, filters] : by_width)
    groups.emplace(width, Group{torch::tensor(filters), make(width)});
  return groups;
}

/// Planes of some filters each, as planes of all of `weights`.
Planes joined(const std::vector<std::pair<Tensor, Planes>>& groups, const Tensor& weights) {
  std::int64_t most = 0;
  for (const auto& [filters, planes] : groups) most = std::max(most, planes.bits.size(0));
  std::vector<std::int64_t> shape = weights.sizes().vec();
  shape.insert(shape.begin(), most);
  Planes all{groups.front().second.kind, torch::zeros({weights.size(0), most}, torch::kDouble),
             torch::zeros(shape, torch::kUInt8)};
  for (const auto& [filters, planes] : groups) {
    const std::int64_t count = planes.bits.size(0);
    all.coefficients.slice(1, 0, count)
        .index_copy_(0, filters, planes.coefficients.cpu().expand({filters.numel(), count}));
    all.bits.slice(0, 0, count).index_copy_(1, filters, planes.bits.cpu());
  }
  return all;
}

class WeightsByFilter : public Quantizer {
 public:
  WeightsByFilter(std::vector<int> bits, Groups groups)
      : bits_(std::move(bits)), groups_(std::move(groups)) {}

  void calibrate(const Tensor& w) override {
    for (auto& [width, group] : groups_) group.quantizer->calibrate(group.of(w));
  }

  Tensor quantize(const Tensor& w) override {
    require_fitting(w);
    Tensor result = torch::zeros_like(w);
    for (auto& [width, group] : groups_)
      result = result.index_copy(0, group.filters.to(w.device()),
                                 group.quantizer->quantize(group.of(w)));
    return result;
  }

  std::optional<Codes> codes(const Tensor& w) override {
    require_fitting(w);
    Codes all{{}, torch::zeros(w.sizes(), torch::kInt32), std::vector<double>(bits_.size(), 1.0)};
    std::optional<integer::CodeType> type;
    if (std::find(bits_.begin(), bits_.end(), 0) != bits_.end()) type = integer::signed_codes(1);
    for (auto& [width, group] : groups_) {
      const std::optional<Codes> some = group.quantizer->codes(group.of(w));
      if (!some) return std::nullopt;
      type = type ? covering(*type, some->type) : some->type;
      if (type->bits > kMostBits) return std::nullopt;
      all.codes.index_copy_(0, group.filters, some->codes.to(torch::kInt32).cpu());
      for (std::int64_t i = 0; i < group.filters.numel(); ++i) {
        const auto scale = some->scales.size() == 1 ? 0 : static_cast<std::size_t>(i);
        all.scales[static_cast<std::size_t>(group.filters[i].item<std::int64_t>())] =
            some->scales[scale];
      }
    }
    all.type = type.value();
    return all;
  }

  /// Those of the codes where there are codes; else filters of few planes have 0 as the
  /// coefficients of the others. Nothing where bits of one width are signs and of another not.
  std::optional<Planes> planes(const Tensor& w) override {
    if (const std::optional<Codes> codes = this->codes(w)) return planes_of(*codes);
    std::vector<std::pair<Tensor, Planes>> groups;
    for (auto& [width, group] : groups_) {
      std::optional<Planes> some = group.quantizer->planes(group.of(w));
      if (!some || (!groups.empty() && groups.front().second.kind != some->kind))
        return std::nullopt;
      groups.emplace_back(group.filters, *std::move(some));
    }
    return joined(groups, w);
  }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    std::vector<std::pair<std::string, Tensor>> all;
    for (const auto& [width, group] : groups_)
      for (auto& [name, tensor] : group.quantizer->state())
        all.emplace_back(group.name(name, width), tensor);
    return all;
  }

  Tensor penalty() const override {
    Tensor sum;
    for (const auto& [width, group] : groups_)
      if (const Tensor each = group.quantizer->penalty(); each.defined())
        sum = sum.defined() ? sum + each : each;
    return sum;
  }

  void at_epoch(const TrainingTime& time, const Tensor& w) override {
    for (auto& [width, group] : groups_) group.quantizer->at_epoch(time, group.of(w));
  }
  void at_step(const TrainingTime& time, const Tensor& w) override {
    for (auto& [width, group] : groups_) group.quantizer->at_step(time, group.of(w));
  }
  void after_step() override {
    for (auto& [width, group] : groups_) group.quantizer->after_step();
  }
  bool settled() const override {
    return std::all_of(groups_.begin(), groups_.end(),
                       [](const auto& entry) { return entry.second.quantizer->settled(); });
  }

 protected:
  std::optional<std::string> missed_by(const std::string& name,
                                       const Tensor& values) const override {
    for (const auto& [width, group] : groups_)
      for (const auto& [own, tensor] : group.quantizer->state())
        if (group.name(own, width) == name) return group.quantizer->missed_by(own, values);
    return std::nullopt;
  }

  std::int64_t filters() const { return std::ssize(bits_); }

 private:
  void require_fitting(const Tensor& w) const {
    ensure(w.size(0) == filters(), "bits by filter are one for each output channel");
  }

  std::vector<int> bits_;

 protected:
  Groups groups_;
};

LeastErrorWeights* fittable(const Group& group) {
  return dynamic_cast<LeastErrorWeights*>(group.quantizer.get());
}

/// Filters of one bit keep their signs, whatever they are fitted to.
class FittableWeightsByFilter : public WeightsByFilter, public FittableWeights {
 public:
  using WeightsByFilter::WeightsByFilter;

  Tensor scale() const override {
    return of_filters(1, [](const LeastErrorWeights& weights) { return weights.scale(); });
  }
  CodeBounds bounds() const override {
    return {
        of_filters(0, [](const LeastErrorWeights& weights) { return weights.bounds().lowest; }),
        of_filters(0, [](const LeastErrorWeights& weights) { return weights.bounds().highest; })};
  }
  void fit_to(const Tensor& weights, const Tensor& codes, const Tensor& scale) override {
    for (auto& [width, group] : groups_)
      if (LeastErrorWeights* some = fittable(group))
        some->fit_to(group.of(weights), group.of(codes), group.of(scale));
  }

 private:
  /// What `part` gives for the filters of each width, in the scales' shape; `other` for the rest.
  template <class Part>
  Tensor of_filters(double other, const Part& part) const {
    Tensor all;
    for (const auto& [width, group] : groups_)
      if (const LeastErrorWeights* some = fittable(group)) {
        std::vector<std::int64_t> shape = some->scale().sizes().vec();
        shape[0] = group.filters.numel();
        const Tensor values = part(*some).expand(shape);
        shape[0] = filters();
        if (!all.defined()) all = torch::full(shape, other, values.options());
        all.index_copy_(0, group.filters.to(all.device()), values);
      }
    return all;
  }
};

/// Whether post-training methods can choose the levels of all filters of two bits or more, and
/// there are such filters.
bool are_fittable(const Groups& groups) {
  const auto fits = [](const auto& entry) {
    const LeastErrorWeights* weights = fittable(entry.second);
    return weights ? weights->granularity() == QuantizerTask::Granularity::kChannel
                   : entry.first == 1;
  };
  return std::all_of(groups.begin(), groups.end(), fits) && groups.rbegin()->first > 1;
}

}  // namespace

MadeQuantizer by_filter(std::vector<int> bits, const std::function<MadeQuantizer(int)>& make) {
  Groups groups = grouped(bits, make);
  if (are_fittable(groups))
    return std::make_unique<FittableWeightsByFilter>(std::move(bits), std::move(groups));
  return std::make_unique<WeightsByFilter>(std::move(bits), std::move(groups));
}

}  // namespace bitloom::nn
