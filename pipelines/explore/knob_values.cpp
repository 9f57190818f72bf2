#include "pipelines/explore/knob_values.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/numbers.h"
#include "base/text.h"
#include "pipelines/explore/at_place.h"

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

UserError too_many(const DocumentValue& range) {
  return range.error(fmt::format("has more than {} values", kMostValues));
}

/// The numbers from `from` to at most `to`, each the one before plus `change`, or times it.
std::vector<std::string> whole_numbers(const DocumentValue& range, std::int64_t from,
                                       std::int64_t to, std::int64_t change, bool is_step) {
  std::vector<std::string> values;
  for (std::int64_t value = from; values.size() < kMostValues;) {
    values.push_back(std::to_string(value));
    if (is_step ? value > to - change : value > to / change) return values;
    value = is_step ? value + change : value * change;
  }
  throw too_many(range);
}

/// The same of real numbers. They are counted first, with a tolerance, so that what rounding adds
/// to a number takes no value away.
std::vector<std::string> real_numbers(const DocumentValue& range, double from, double to,
                                      double change, bool is_step) {
  constexpr double kTolerance = 1e-9;
  const double steps = is_step ? (to - from) / change : std::log(to / from) / std::log(change);
  const double last = std::floor(steps * (1 + kTolerance));
  if (!(last < static_cast<double>(kMostValues))) throw too_many(range);
  std::vector<std::string> values;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    const double value = is_step ? from + i * change : from * std::pow(change, i);
    values.push_back(fmt::format("{:.12g}", std::min(value, to)));
    if (i > 0 && values[values.size() - 2] == values.back())
      throw range.error("has values that are alike in twelve digits");
  }
  return values;
}

std::vector<std::string> range_values(const DocumentValue& range, const KeyInfo& info) {
  range.allow_only({"from", "to", "step", "times"});
  const bool is_step = range.has("step");
  if (is_step == range.has("times"))
    throw range.error("needs either step or times beside from and to");
  const DocumentValue from = range.at("from"), to = range.at("to");
  const DocumentValue change = range.at(is_step ? "step" : "times");
  const auto require_order = [&](auto first, auto last) {
    if (first > last)
      throw from.error(fmt::format("must be at most to, which is {}, got {}", last, first));
  };
  if (info.kind == Kind::kInteger) {
    const auto [min, max] = info.integers;
    require_order(from.integer(min, max), to.integer(min, max));
    if (!is_step && from.integer(min, max) < 1)
      throw from.error("must be at least 1 where values are multiplied");
    return whole_numbers(range, from.integer(min, max), to.integer(min, max),
                         change.integer(is_step ? 1 : 2, max), is_step);
  }
  if (info.kind != Kind::kReal)
    throw range.error("takes names, which have no order: write a list, such as [a, b]");
  const auto [min, max] = info.reals;
  require_order(from.real(min, max), to.real(min, max));
  const double by = change.real(0, max);
  if (!(by > (is_step ? 0 : 1)))
    throw change.error(is_step ? "must be above 0" : "must be above 1");
  if (!is_step && !(from.real(min, max) > 0))
    throw from.error("must be above 0 where values are multiplied");
  return real_numbers(range, from.real(min, max), to.real(min, max), by, is_step);
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

/// Tries the values that nothing has checked yet. A key in a section that the description lacks is
/// tried with the first values of the others, which may need each other.
void try_values(const std::vector<DocumentValue::Entry>& entries,
                const std::vector<hardware::VariedKey>& knobs, const std::vector<KeyInfo>& infos,
                const std::map<std::string, KeyInfo>& known, const KnobTrials& trials) {
  const auto setting = [&](std::size_t knob, std::size_t value) {
    return fmt::format("{}={}", knobs[knob].key, knobs[knob].values[value]);
  };
  hardware::Settings firsts;
  for (std::size_t knob = 0; knob < knobs.size(); ++knob)
    if (infos[knob].kind == Kind::kSection) firsts.push_back(setting(knob, 0));
  for (std::size_t knob = 0; knob < knobs.size(); ++knob) {
    if (infos[knob].is_number() || infos[knob].kind == Kind::kChoice) continue;
    const bool is_alone = known.count(knobs[knob].key) > 0;
    for (std::size_t i = 0; i < knobs[knob].values.size(); ++i)
      at_place(entries[knob].value.items()[i], [&] {
        if (is_alone)
          trials.whole(setting(knob, i));
        else
          trials.read(hardware::with_settings(firsts, {setting(knob, i)}));
      });
  }
}

}  // namespace

std::vector<double> numbers_of(const hardware::VariedKey& knob) {
  std::vector<double> numbers;
  for (const std::string& text : knob.values) {
    const auto number = parse_real(text);
    if (!number && text != "true" && text != "false") return {};
    numbers.push_back(number ? *number : text == "true" ? 1 : 0);
  }
  return numbers;
}

std::vector<hardware::VariedKey> read_knobs(const DocumentValue& knobs,
                                            const std::map<std::string, KeyInfo>& known,
                                            const std::string& hardware, const KnobTrials& trials) {
  std::vector<hardware::VariedKey> keys;
  std::vector<KeyInfo> infos;
  const std::vector<DocumentValue::Entry> entries = knobs.entries();
  for (const DocumentValue::Entry& knob : entries) {
    infos.push_back(info_of(knob, known, hardware));
    if (!knob.value.is_mapping() && !knob.value.is_sequence())
      throw knob.value.error(
          "must be a list, such as [8, 16], or a range: {from: 8, to: 64, step: 8} or {from: 8, "
          "to: 64, times: 2}");
    keys.push_back({knob.key, knob.value.is_mapping() ? range_values(knob.value, infos.back())
                                                      : list_values(knob, infos.back())});
  }
  if (keys.empty()) throw knobs.error("has no keys: name some with their values");
  try_values(entries, keys, infos, known, trials);
  return keys;
}

}  // namespace bitloom::pipelines
