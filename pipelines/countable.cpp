#include "pipelines/countable.h"

#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::pipelines {
namespace {

constexpr std::int64_t kBitsOfFloat = 32;  // at which sizes are told, too

/// The product, none where it passes 2^63 - 1.
std::optional<std::int64_t> counted_product(std::initializer_list<std::int64_t> factors) {
  std::int64_t product = 1;
  for (const std::int64_t factor : factors)
    if (__builtin_mul_overflow(product, factor, &product)) return std::nullopt;
  return product;
}

/// Adds `count` to `sum` as long as both can be counted.
bool add_counted(std::int64_t& sum, std::optional<std::int64_t> count) {
  return count && !__builtin_add_overflow(sum, *count, &sum);
}

UserError uncountable(const std::string& place, const char* what) {
  return UserError(fmt::format(
      "{}: with this layer {} pass 2^63 - 1, the most that is counted; fewer or smaller layers "
      "would be right",
      place, what));
}

}  // namespace

void require_countable_work(const Network& network, const graph::Policy& policy,
                            std::int64_t batch) {
  std::vector<std::string> places;
  std::vector<sim::Job> jobs;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    places.push_back(network.place(i));
    jobs.push_back({network.layers[i], policy[i], batch});
  }
  require_countable_work(places, jobs);
}

void require_countable_work(const std::vector<std::string>& places,
                            const std::vector<sim::Job>& jobs) {
  std::int64_t bit_ops = 0, weight_bits = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& [layer, bits, batch, ignored] = jobs[i];
    const auto weights = counted_product({layer.out_channels, layer.kernel.height,
                                          layer.kernel.width, layer.in_channels / layer.groups});
    const bool fits =
        weights && add_counted(weight_bits, counted_product({*weights, kBitsOfFloat})) &&
        add_counted(bit_ops, counted_product({*weights, layer.output.height, layer.output.width,
                                              bits.weight_bits, bits.activation_bits, batch}));
    if (!fits) throw uncountable(places[i], "MACs, bits of weights or BOPs");
  }
}

void require_countable_costs(const std::vector<std::string>& places,
                             const std::vector<sim::LayerResult>& results) {
  std::int64_t cycles = 0, dram_bits = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const cost::LayerCost& cost = results[i].cost;
    if (!add_counted(cycles, cost.timing.total.count()) ||
        !add_counted(dram_bits, cost.dram.count()))
      throw uncountable(places[i], "cycles or bits of DRAM");
  }
}

}  // namespace bitloom::pipelines
