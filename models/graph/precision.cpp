#include "models/graph/precision.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom::graph {
namespace {

bool parse_bits(std::string_view text, int& bits) {
  const auto number = parse_integer(text, kMinBits, kMaxBits);
  if (!number || text.front() == '0') return false;
  bits = static_cast<int>(*number);
  return true;
}

}  // namespace

Precision parse_precision(std::string_view option, std::string_view text, Activations activations) {
  Precision precision;
  const std::size_t slash = text.find('/');
  const std::string_view after = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  const bool may_be_float = activations == Activations::kIntegerOrFloat;
  const bool is_float = may_be_float && after == "32";
  if (is_float) precision.activation_bits = kFloatBits;
  if (slash == std::string_view::npos ||
      !parse_bits(text.substr(0, slash), precision.weight_bits) ||
      !(is_float || parse_bits(after, precision.activation_bits)))
    throw UserError(fmt::format(
        "{} '{}': must be W/A, weight and activation bits, each in [{}, {}]{}, such as 4/6", option,
        excerpt(text), kMinBits, kMaxBits, may_be_float ? " (or A 32, single precision)" : ""));
  return precision;
}

std::string to_text(Precision precision) {
  return fmt::format("{}/{}", precision.weight_bits, precision.activation_bits);
}

BitOps bops(const LayerShape& layer, Precision precision) {
  return BitOps(layer.macs().count() * precision.weight_bits * precision.activation_bits);
}

}  // namespace bitloom::graph
