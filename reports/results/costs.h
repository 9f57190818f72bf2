#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// What many results are made of. `fields()` names the keys of each once, for reading and writing
/// (fields.h).
namespace bitloom::reports {

/// T, or T that is read only.
template <class Some, class T>
concept Is = std::same_as<std::remove_const_t<Some>, T>;

/// Figures by name with unit, such as `latency_ms`, in the order in which they are told; costs are
/// of the whole batch.
class Costs {
 public:
  using Cost = std::pair<std::string, double>;

  Costs() = default;
  Costs(std::initializer_list<Cost> costs) : costs_(costs) {}

  /// The cost of that name; 0, and told last, where it is new.
  double& operator[](const std::string& name);
  std::vector<Cost>::const_iterator find(const std::string& name) const;
  bool contains(const std::string& name) const { return find(name) != end(); }
  /// A cost that is told.
  double at(const std::string& name) const;
  bool empty() const { return costs_.empty(); }
  std::vector<Cost>::const_iterator begin() const { return costs_.begin(); }
  std::vector<Cost>::const_iterator end() const { return costs_.end(); }

 private:
  std::vector<Cost> costs_;
};

struct LayerBits {
  std::string name;
  int weight_bits = 0;
  int activation_bits = 0;
};

/// What images were answered, with standard errors; what was not measured is absent.
struct Accuracy {
  std::optional<std::int64_t> images;
  double top1_pct = 0;
  std::optional<double> top1_stderr_pct, top5_pct, top5_stderr_pct;
  std::optional<double> loss, loss_stderr;  // mean cross-entropy, nats
};

template <class Fields>
void fields(Fields& f, Is<LayerBits> auto& layer) {
  f.needs("name", layer.name);
  f.needs("weight_bits", layer.weight_bits);
  f.needs("activation_bits", layer.activation_bits);
}

template <class Fields>
void fields(Fields& f, Is<Accuracy> auto& accuracy) {
  f.may("images", accuracy.images);
  f.needs("top1_pct", accuracy.top1_pct);
  f.may("top1_stderr_pct", accuracy.top1_stderr_pct);
  f.may("top5_pct", accuracy.top5_pct);
  f.may("top5_stderr_pct", accuracy.top5_stderr_pct);
  f.may("loss", accuracy.loss);
  f.may("loss_stderr", accuracy.loss_stderr);
}

}  // namespace bitloom::reports
