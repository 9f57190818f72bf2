#include "sim/variants.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/numbers.h"
#include "sim/catalogue.h"
#include "sim/kit/sourced_constant.h"
#include "sim/presets.h"

namespace bitloom::hardware {
namespace {

constexpr std::size_t kMostBases = 256;  // that are kept

/// Whether a key's values can be set in the machine: constants have bounds and sources beside them,
/// which the description is asked for.
bool is_plain_field(const std::string& key, const KeyInfo& info) {
  return (info.is_number() || info.kind == KeyInfo::Kind::kChoice) &&
         std::count(key.begin(), key.end(), '.') <= 1 && !key.starts_with("energy.");
}

double number_of(const std::string& text, const KeyInfo& info) {
  if (info.kind == KeyInfo::Kind::kBoolean) return text == "true" ? 1 : 0;
  if (info.kind == KeyInfo::Kind::kChoice)
    return static_cast<double>(std::find(info.names.begin(), info.names.end(), text) -
                               info.names.begin());
  const auto number = parse_real(text);
  ensure(static_cast<bool>(number), "values of keys have been checked");
  return *number;
}

}  // namespace

Variants::Variants(const std::string& name_or_file, const std::string& folder,
                   const Settings& settings, std::vector<VariedKey> keys)
    : folder_(folder),
      name_(load_hardware(name_or_file, folder, settings).name()),
      description_(load_description(name_or_file, folder, settings)),
      keys_(std::move(keys)) {
  const auto known = keys_of(unchecked_hardware(description_));
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const auto found = known.find(keys_[i].key);
    if (found == known.end() || !is_plain_field(keys_[i].key, found->second)) {
      written_.push_back(i);
      continue;
    }
    Field field{i, {}};
    for (const std::string& text : keys_[i].values)
      field.numbers.push_back(number_of(text, found->second));
    fields_.push_back(std::move(field));
  }
}

Settings Variants::settings(const std::vector<std::size_t>& choices) const {
  Settings settings;
  for (std::size_t i = 0; i < keys_.size(); ++i)
    settings.push_back(fmt::format("{}={}", keys_[i].key, keys_[i].values[choices[i]]));
  return settings;
}

void Variants::complete(const DocumentValue& description, Hardware& hardware) const {
  hardware.complete(description, [&](const DocumentValue& memory) {
    const std::string name = memory.text();
    const auto found = memories_.find(name);
    return found != memories_.end()
               ? found->second
               : memories_.emplace(name, memory_named(memory, folder_)).first->second;
  });
}

Variants::Base Variants::make_base(const std::vector<std::size_t>& choices) const {
  Settings settings;
  for (std::size_t i = 0; i < written_.size(); ++i) {
    const VariedKey& varied = keys_[written_[i]];
    settings.push_back(fmt::format("{}={}", varied.key, varied.values[choices[i]]));
  }
  DocumentValue description = description_with(description_, settings, folder_);
  Hardware hardware = unchecked_hardware(description);
  hardware.set_name(name_);
  const bool is_complete = constants_left_out(description, [&](FieldVisitor& visitor) {
                             hardware.show(visitor);
                           }).empty();
  if (is_complete) complete(description, hardware);
  Base base{std::move(description), std::move(hardware), is_complete, {}};
  const auto known = keys_of(base.hardware);
  for (std::size_t field = 0; field < fields_.size(); ++field)
    base.places.emplace_back(known.at(keys_[fields_[field].key].key).place, field);
  std::sort(base.places.begin(), base.places.end());
  return base;
}

const Variants::Base& Variants::base_of(const std::vector<std::size_t>& choices) const {
  std::vector<std::size_t> written;
  for (const std::size_t key : written_) written.push_back(choices[key]);
  const auto found = bases_.find(written);
  if (found != bases_.end()) return found->second;
  Base made = make_base(written);
  if (bases_.size() == kMostBases) bases_.clear();
  return bases_.emplace(written, std::move(made)).first->second;
}

Hardware Variants::with(const std::vector<std::size_t>& choices) const {
  const Base& base = base_of(choices);
  Hardware hardware = base.hardware;
  std::vector<FieldValue> values;
  values.reserve(base.places.size());
  for (const auto& [place, field] : base.places)
    values.push_back({place, fields_[field].numbers[choices[fields_[field].key]]});
  set_fields(hardware, values);
  try {
    hardware.check(base.description);
  } catch (const UserError& wrong) {
    if (wrong.kind() != UserError::Kind::kInput) throw;
    hardware.check(description_with(description_, settings(choices), folder_));  // has all keys
    throw;
  }
  if (!base.is_complete) complete(base.description, hardware);
  return hardware;
}

}  // namespace bitloom::hardware
