#include "pipelines/layer_selection.h"

#include <numeric>
#include <optional>
#include <set>

#include <fnmatch.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom::pipelines {
namespace {

struct IndexRange {
  std::size_t first;
  std::size_t last;
};

bool looks_like_range(std::string_view text) {
  return text.find_first_not_of("0123456789-") == std::string_view::npos &&
         text.find_first_not_of('-') != std::string_view::npos;
}

/// `3`, `3-7`, `3-` or `-7` of `count` layers; indices beyond them are left as they are.
std::optional<IndexRange> parse_range(std::string_view text, std::size_t count) {
  const std::size_t dash = text.find('-');
  const auto end = [](std::string_view digits, std::size_t open) {
    if (digits.empty()) return std::optional(open);
    const auto index = parse_unsigned(digits);
    return index ? std::optional<std::size_t>(*index) : std::nullopt;
  };
  const auto first = end(text.substr(0, dash), 0);
  const auto last = dash == std::string_view::npos ? first : end(text.substr(dash + 1), count - 1);
  if (!first || !last) return std::nullopt;
  return IndexRange{*first, *last};
}

std::vector<std::size_t> matching(const std::string& pattern,
                                  const std::vector<graph::LayerShape>& layers) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (::fnmatch(pattern.c_str(), layers[i].name.c_str(), 0) == 0) indices.push_back(i);
  return indices;
}

void select(const std::string& part, const std::vector<graph::LayerShape>& layers,
            std::set<std::size_t>& selected) {
  const std::vector<std::size_t> named = matching(part, layers);
  selected.insert(named.begin(), named.end());
  if (!named.empty()) return;
  if (part.empty()) throw UserError("--layers: an entry between its commas is empty");
  if (!looks_like_range(part)) {
    std::vector<std::string> names;
    for (const auto& layer : layers) names.push_back(layer.name);
    throw UserError(std::string("--layers: ") + unknown_name("layer", part, names).what());
  }
  const auto range = parse_range(part, layers.size());
  if (!range || range->first > range->last || range->last >= layers.size())
    throw UserError(
        fmt::format("--layers '{}': must be an index or a range such as 3-7, 3- or -7, ascending "
                    "within 0 to {}",
                    excerpt(part), layers.size() - 1));
  for (std::size_t i = range->first; i <= range->last; ++i) selected.insert(i);
}

}  // namespace

std::vector<std::size_t> select_layers(const std::vector<std::string>& selection,
                                       const std::vector<graph::LayerShape>& layers) {
  std::set<std::size_t> selected;
  for (const std::string& part : selection) select(part, layers, selected);
  if (!selection.empty()) return {selected.begin(), selected.end()};
  std::vector<std::size_t> all(layers.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace bitloom::pipelines
