#include "sim/catalogue.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/document.h"
#include "base/field_reader.h"
#include "base/letter_case.h"
#include "base/text.h"
#include "sim/keys.h"
#include "sim/presets.h"

namespace bitloom::hardware {
namespace {

using Families = std::span<const sim::Family>;

/// A machine of the family that the document names, its fields not yet read.
Hardware blank(const DocumentValue& document, Families families) {
  if (!document.is_mapping() || !document.has("family"))
    return Hardware(families.front().blank(document));  // its fields complain of the document
  std::vector<std::string> known;
  for (const sim::Family& family : families) known.emplace_back(family.name);
  const std::string wanted = document.at("family").one_of("hardware family", known);
  return Hardware(std::find_if(families.begin(), families.end(), [&](const sim::Family& family) {
                    return family.name == wanted;
                  })->blank(document));
}

/// The document as it would be if the settings stood in it, named sections written out.
DocumentValue with_all(const DocumentValue& read, const Settings& settings,
                       const std::string& folder) {
  DocumentValue document = with_presets(read, folder);
  std::set<std::string> seen;
  for (const std::string& setting : settings) {
    if (!seen.insert(key_of(setting)).second)
      throw UserError(fmt::format("--set {}: {} is set twice", excerpt(setting), key_of(setting)));
    document = with_presets(with_setting(document, setting), folder);
  }
  return document;
}

/// A description before its settings.
struct Description {
  std::string place;  // the file
  std::string name;   // the hardware's
  DocumentValue document;
};

Hardware read_hardware(const Description& description, const std::string& folder,
                       const Settings& settings, Families families) {
  const DocumentValue document = with_all(description.document, settings, folder);
  Hardware hardware = unchecked_hardware(document, families);
  hardware.set_name(description.name);
  if (!is_one_readable_line(hardware.name()))
    throw UserError(description.place +
                    ": its name names the hardware: must be UTF-8 text without control characters");
  hardware.check(document);
  hardware.complete(document,
                    [&](const DocumentValue& memory) { return memory_named(memory, folder); });
  hardware.set_name(name_with(hardware.name(), settings));
  return hardware;
}

/// The setting that brought about `fault`, which tells a place in the file: the first that does
/// with those before it. None: the file has the fault by itself.
std::optional<std::string> setting_at_fault(const UserError& fault, const Description& description,
                                            const std::string& folder, const Settings& settings,
                                            Families families) {
  for (std::size_t count = 0; count < settings.size(); ++count) try {
      read_hardware(description, folder,
                    {settings.begin(), settings.begin() + static_cast<std::ptrdiff_t>(count)},
                    families);
    } catch (const UserError& wrong) {
      if (wrong.kind() == fault.kind() && std::string_view(wrong.what()) == fault.what())
        return count == 0 ? std::nullopt : std::optional(settings[count - 1]);
    }
  return settings.back();
}

/// The dotted keys of a description.
class KeyList final : public FieldVisitor {
 public:
  void begin_section(const FieldInfo& info) override { open_ += std::string(info.name) + "."; }
  void end_section() override { open_.erase(open_.find_last_of('.', open_.size() - 2) + 1); }
  void integer(const FieldInfo& info, IntegerRange, std::int64_t&) override { add(info); }
  void real(const FieldInfo& info, RealRange, double&) override { add(info); }
  void boolean(const FieldInfo& info, bool&) override { add(info); }
  void text(const FieldInfo& info, std::string&) override { add(info); }

  bool has(const std::string& key) const {
    return std::find(keys_.begin(), keys_.end(), key) != keys_.end();
  }
  std::vector<std::string> ending_in(const std::string& key) const {
    std::vector<std::string> found;
    for (const std::string& each : keys_)
      if (each.ends_with("." + key)) found.push_back(each);
    return found;
  }

 private:
  void add(const FieldInfo& info) { keys_.push_back(open_ + std::string(info.name)); }
  std::string open_;
  std::vector<std::string> keys_;
};

/// Whether a complaint is that the key of a setting is none, or none that has a value.
bool is_of_key(const std::string& complaint, const std::string& setting) {
  const std::string start = fmt::format("--set {}: {}: ", excerpt(setting), key_of(setting));
  return complaint.starts_with(start + "unknown key") ||
         complaint.starts_with(start + "must be a mapping of value");
}

/// What to set instead of a setting whose key stands in a section that it does not name, or is one
/// of a constant; empty where nobody knows.
std::string better_key(const std::string& setting, const DocumentValue& document,
                       Families families) {
  KeyList keys;
  blank(document, families).show(keys);
  const std::string key = key_of(setting), value = setting.substr(key.size() + 1);
  if (keys.has(key + ".value")) return fmt::format("--set {}.value={}", key, value);
  std::vector<std::string> others = keys.ending_in(key);
  for (const std::string& constant : keys.ending_in(key + ".value")) others.push_back(constant);
  constexpr std::size_t kMost = 3;
  if (others.size() > kMost) return "";
  for (std::string& other : others) other = fmt::format("--set {}={}", other, value);
  return fmt::format("{}", fmt::join(others, " or "));
}

/// A section that is named is told by its name, not by what the file of that name holds.
void refuse_dram_of_others(const Description& description, const Settings& settings,
                           Families families) {
  const Hardware machine = blank(description.document, families);
  const auto keys = keys_of(machine);
  if (std::any_of(keys.begin(), keys.end(), [](const auto& key) {
        return key.first == "dram" || key.first.starts_with("dram.");
      }))
    return;
  const std::string complaint =
      fmt::format("a machine of family {} has no section dram", machine.family());
  const DocumentValue& document = description.document;
  if (document.is_mapping() && document.has("dram") && !document.at("dram").is_mapping())
    throw document.at("dram").error(complaint);
  for (const std::string& setting : settings)
    if (const std::string key = key_of(setting); key == "dram" || key.starts_with("dram."))
      throw UserError(fmt::format("--set {}: {}: {}", excerpt(setting), key, complaint));
}

/// What to set where a setting gives the value alone of a constant that the file does not give.
std::string whole_constant(const std::string& complaint, const Settings& settings) {
  constexpr std::string_view kValue = ".value";
  if (complaint.find("key 'source' is missing") == std::string::npos) return "";
  for (const std::string& setting : settings) {
    const std::string key = key_of(setting);
    if (!key.ends_with(kValue) ||
        complaint.find(key.substr(0, key.size() - kValue.size()) + ":") == std::string::npos)
      continue;
    return fmt::format("--set '{}={{value: {}, source: ...}}'",
                       key.substr(0, key.size() - kValue.size()), setting.substr(key.size() + 1));
  }
  return "";
}

Hardware hardware_of(const Description& description, const std::string& folder,
                     const Settings& settings, Families families) {
  refuse_dram_of_others(description, settings, families);
  try {
    return read_hardware(description, folder, settings, families);
  } catch (const UserError& wrong) {
    const std::string complaint = wrong.what();
    if (const std::string better = whole_constant(complaint, settings); !better.empty())
      throw wrong.with_text(fmt::format("{}; {} would be right", complaint, better));
    for (const std::string& setting : settings) {
      if (!is_of_key(complaint, setting)) continue;
      const std::string better = better_key(setting, description.document, families);
      if (!better.empty())
        throw wrong.with_text(fmt::format("{}: did you mean {}?", complaint, better));
    }
    if (settings.empty() || complaint.starts_with("--set ")) throw;
    const auto setting = setting_at_fault(wrong, description, folder, settings, families);
    if (!setting) throw;
    throw wrong.with_text(fmt::format("--set {}: {}", excerpt(*setting), complaint));
  }
}

}  // namespace

DocumentValue load_description(const std::string& name_or_file, const std::string& folder,
                               const Settings& settings) {
  return with_all(load_document(hardware_path(name_or_file, folder)), settings, folder);
}

DocumentValue description_with(const DocumentValue& description, const Settings& settings,
                               const std::string& folder) {
  return with_all(description, settings, folder);
}

Hardware unchecked_hardware(const DocumentValue& description, Families families) {
  Hardware hardware = blank(description, families);
  const auto show = [&](FieldVisitor& visitor) { hardware.show(visitor); };
  read_fields(description, show);
  check_bounds(description, show);
  return hardware;
}

bool is_hardware_file(const std::string& name_or_file) {
  const std::string lower = lower_case(name_or_file);
  return lower.find('/') != std::string::npos || lower.ends_with(".yaml") ||
         lower.ends_with(".yml");
}

std::vector<std::string> hardware_names(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  for (const auto& file : std::filesystem::directory_iterator(folder, failure))
    if (file.path().extension() == ".yaml") names.push_back(file.path().stem().string());
  if (failure) throw UserError(folder + ": cannot be listed: " + failure.message());
  std::sort(names.begin(), names.end());
  return names;
}

std::string hardware_path(const std::string& name_or_file, const std::string& folder) {
  if (is_hardware_file(name_or_file)) return name_or_file;
  const std::vector<std::string> known = hardware_names(folder);
  if (std::find(known.begin(), known.end(), name_or_file) == known.end())
    throw unknown_name("hardware", name_or_file, known);
  return folder + "/" + name_or_file + ".yaml";
}

Hardware load_hardware(const std::string& name_or_file, const std::string& folder,
                       const Settings& settings, Families families) {
  const std::string path = hardware_path(name_or_file, folder);
  return hardware_of({path, std::filesystem::path(path).stem().string(), load_document(path)},
                     folder, settings, families);
}

Hardware parse_hardware(const std::string& name, const std::string& text, const std::string& folder,
                        const Settings& settings, Families families) {
  const bool is_line = text.find('\n') == std::string::npos;
  return hardware_of({name, name, is_line ? value_of(name, text) : document_of(name, text)}, folder,
                     settings, families);
}

}  // namespace bitloom::hardware
