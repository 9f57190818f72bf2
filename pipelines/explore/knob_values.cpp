#include "pipelines/explore/knob_values.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace bitloom::pipelines {
namespace {

using hardware::KeyInfo;
using Kind = KeyInfo::Kind;

constexpr std::size_t kMostValues = 100'000;

UserError unknown_key(const DocumentValue& at, const std::string& key,
                      const std::map<std::string, KeyInfo>& known, const std::string& hardware) {
  std::vector<std::string> keys;
  for (const auto& [each, info] : known) {
    keys.push_back(each);
    if (each.ends_with("." + key))
      return at.error(fmt::format("unknown key: did you mean {}?", each));
  }
  const std::vector<std::string> nearest = nearest_names(key, keys);
  return at.error(
      nearest.empty()
          ? fmt::format("unknown key (bitloom describe hardware {} tells them)", hardware)
          : fmt::format("unknown key: did you mean {}?", fmt::join(nearest, ", ")));
}

/// What the key takes; of a key in a section that the description lacks whatever the section does.
KeyInfo info_of(const DocumentValue::Entry& knob, const std::map<std::string, KeyInfo>& known,
                const std::string& hardware) {
  const auto found = known.find(knob.key);
  if (found != known.end()) return found->second;
  const auto section = known.find(knob.key.substr(0, knob.key.find('.')));
  const bool is_in_absent_section = section != known.end() && section->first != knob.key &&
                                    std::none_of(known.begin(), known.end(), [&](const auto& each) {
                                      return each.first.starts_with(section->first + ".");
                                    });
  if (!is_in_absent_section) throw unknown_key(knob.value, knob.key, known, hardware);
  return {Kind::kSection};
}

std::string value_text(const DocumentValue& value, const std::string& key, const KeyInfo& info) {
  switch (info.kind) {
    case Kind::kInteger:
      return std::to_string(value.integer(info.integers.min, info.integers.max));
    case Kind::kReal:
      return fmt::format("{}", value.real(info.reals.min, info.reals.max));
    case Kind::kBoolean:
      return value.boolean() ? "true" : "false";
    case Kind::kChoice:
      return value.one_of(key, info.names);
    default:
      return value.text();
  }
}

std::string number_text(std::int64_t number) { return std::to_string(number); }
std::string number_text(double number) { return fmt::format("{:.12g}", number); }

/// The numbers from `from` to at most `to`, each the one before plus `change`, or times it.
template <class Number>
std::vector<std::string> progression(const DocumentValue& range, Number from, Number to,
                                     Number change, bool is_step) {
  if (from > to)
    throw range.at("from").error(fmt::format("must be at most to, which is {}, got {}", to, from));
  std::vector<std::string> values;
  for (Number value = from; values.size() < kMostValues;) {
    values.push_back(number_text(value));
    if (is_step ? value > to - change : value > to / change) return values;
    value = is_step ? from + static_cast<Number>(values.size()) * change : value * change;
  }
  throw range.error(fmt::format("has more than {} values", kMostValues));
}

std::vector<std::string> range_values(const DocumentValue& range, const KeyInfo& info) {
  range.allow_only({"from", "to", "step", "times"});
  const bool is_step = range.has("step");
  if (is_step == range.has("times"))
    throw range.error("needs either step or times beside from and to");
  const DocumentValue from = range.at("from"), to = range.at("to");
  const DocumentValue change = range.at(is_step ? "step" : "times");
  if (info.kind == Kind::kInteger) {
    const auto [min, max] = info.integers;
    if (!is_step && from.integer(min, max) < 1)
      throw from.error("must be at least 1 where values are multiplied");
    return progression(range, from.integer(min, max), to.integer(min, max),
                       change.integer(is_step ? 1 : 2, max), is_step);
  }
  if (info.kind != Kind::kReal)
    throw range.error("takes names, which have no order: write a list, such as [a, b]");
  const auto [min, max] = info.reals;
  const double by = change.real(0, max);
  if (!(by > (is_step ? 0 : 1)))
    throw change.error(is_step ? "must be above 0" : "must be above 1");
  if (!is_step && !(from.real(min, max) > 0))
    throw from.error("must be above 0 where values are multiplied");
  return progression(range, from.real(min, max), to.real(min, max), by, is_step);
}

std::vector<std::string> list_values(const DocumentValue::Entry& knob, const KeyInfo& info) {
  std::vector<std::string> values;
  std::set<std::string> seen;
  for (const DocumentValue& item : knob.value.items()) {
    values.push_back(value_text(item, knob.key, info));
    if (!seen.insert(values.back()).second)
      throw item.error(fmt::format("'{}' is in the list twice", excerpt(values.back())));
  }
  if (values.empty()) throw knob.value.error("has no values");
  return values;
}

}  // namespace

std::vector<hardware::VariedKey> read_knobs(const DocumentValue& knobs,
                                            const std::map<std::string, KeyInfo>& known,
                                            const std::string& hardware,
                                            const TrySetting& try_setting) {
  std::vector<hardware::VariedKey> keys;
  for (const DocumentValue::Entry& knob : knobs.entries()) {
    const KeyInfo info = info_of(knob, known, hardware);
    if (!knob.value.is_mapping() && !knob.value.is_sequence())
      throw knob.value.error(
          "must be a list, such as [8, 16], or a range: {from: 8, to: 64, step: 8} or {from: 8, "
          "to: 64, times: 2}");
    keys.push_back({knob.key, knob.value.is_mapping() ? range_values(knob.value, info)
                                                      : list_values(knob, info)});
    const bool is_checked_by_range = info.is_number() || info.kind == Kind::kChoice;
    for (std::size_t i = 0; !is_checked_by_range && i < keys.back().values.size(); ++i) try {
        try_setting(fmt::format("{}={}", knob.key, keys.back().values[i]));
      } catch (const UserError& wrong) {
        throw wrong.with_text(knob.value.items()[i].error(wrong.what()).what());
      }
  }
  if (keys.empty()) throw knobs.error("has no keys: name some with their values");
  return keys;
}

}  // namespace bitloom::pipelines
