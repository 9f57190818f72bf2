#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/document.h"
#include "base/files.h"
#include "pipelines/choices.h"
#include "pipelines/explore/at_place.h"
#include "pipelines/explore/fingerprint.h"
#include "pipelines/explore/knob_values.h"
#include "pipelines/explore/space.h"
#include "pipelines/explore/space_networks.h"
#include "sim/catalogue.h"

namespace bitloom::pipelines {
namespace {

std::string folder_of(const Host& host) {
  return host.hardware_folder.empty() ? shipped_hardware() : host.hardware_folder;
}

hardware::Settings read_settings(const DocumentValue& root) {
  hardware::Settings settings;
  if (root.has("settings"))
    for (const DocumentValue::Entry& each : root.at("settings").entries())
      settings.push_back(
          fmt::format("{}={}", each.key,
                      each.value.kind() == DocumentValue::Kind::kNull ? "" : each.value.text()));
  return settings;
}

/// The fields that are numbers, and the knobs whose values are: those may lie in a section that the
/// description lacks.
std::vector<std::string> numbers_in(const std::map<std::string, hardware::KeyInfo>& known,
                                    const std::vector<hardware::VariedKey>& knobs) {
  std::set<std::string> fields;
  for (const auto& [key, info] : known)
    if (info.is_number()) fields.insert(key);
  for (const hardware::VariedKey& knob : knobs)
    if (!numbers_of(knob).empty()) fields.insert(knob.key);
  return {fields.begin(), fields.end()};
}

/// Which knob has the key; as many as there are where none has.
std::size_t knob_of(const std::string& key, const Space& space) {
  const auto& knobs = space.knobs();
  const auto found =
      std::find_if(knobs.begin(), knobs.end(), [&](const auto& knob) { return knob.key == key; });
  return static_cast<std::size_t>(found - knobs.begin());
}

Stage stage_of(const search::Condition& condition, const Space& space) {
  const std::size_t fields = space.fields.size();
  const auto stage_of_name = [&](std::size_t name) {
    if (name >= fields)
      return space.metrics[name - fields].is_of_chip ? Stage::kMachine : Stage::kCosts;
    const std::size_t knob = knob_of(space.fields[name], space);
    const bool is_known = knob < space.numbers.size() && !space.numbers[knob].empty();
    return is_known ? Stage::kKnobs : Stage::kMachine;
  };
  Stage stage = Stage::kKnobs;
  for (std::size_t name = 0; name < fields + space.metrics.size(); ++name)
    if (condition.uses(name)) stage = std::max(stage, stage_of_name(name));
  return stage;
}

void read_constraints(const DocumentValue& root, Space& space) {
  if (!root.has("constraints")) return;
  const std::vector<std::string> names = space.names();
  for (const DocumentValue& value : root.at("constraints").items()) {
    const std::string text = value.text();
    auto condition = at_place(value, [&] { return search::Condition::parse(text, names); });
    const Stage stage = stage_of(condition, space);
    space.constraints.push_back({std::move(condition), stage});
  }
}

void read_objectives(const DocumentValue& root, Space& space) {
  constexpr std::size_t kFewest = 2, kMost = 4;
  const DocumentValue list = root.at("objectives");
  std::vector<std::string> known;
  for (const Metric& metric : space.metrics) known.push_back(metric.objective);
  for (const DocumentValue& value : list.items()) {
    const std::string name = value.one_of("objective", known);
    const auto metric =
        static_cast<std::size_t>(std::find(known.begin(), known.end(), name) - known.begin());
    if (std::find(space.objectives.begin(), space.objectives.end(), metric) !=
        space.objectives.end())
      throw value.error(fmt::format("'{}' is in the list twice", name));
    space.objectives.push_back(metric);
  }
  if (space.objectives.size() < kFewest || space.objectives.size() > kMost)
    throw list.error(fmt::format("must be {} to {} of {}", kFewest, kMost, fmt::join(known, ", ")));
}

void require_told_once(const DocumentValue& list, const std::vector<hardware::VariedKey>& knobs,
                       const hardware::Settings& settings) {
  for (const hardware::VariedKey& knob : knobs)
    for (const std::string& setting : settings)
      if (hardware::key_of(setting) == knob.key)
        throw list.at(knob.key).error("settings tell it, too; leave one out");
}

}  // namespace

Space space_of(const std::string& path, const std::string& text, const Host& host) {
  const DocumentValue root = document_of(path, text);
  root.allow_only({"description", "hardware", "settings", "knobs", "constraints", "networks",
                   "bits", "policy", "edge_layers", "objectives"});
  const DocumentValue name = root.at("hardware");
  const std::string hardware_name = name.text(), folder = folder_of(host);
  at_place(name, [&] { return hardware::hardware_path(hardware_name, folder); });
  const hardware::Settings settings = read_settings(root);
  const auto with_more = [&](hardware::Settings all) {
    all.insert(all.begin(), settings.begin(), settings.end());
    return all;
  };
  const auto load_with = [&](const hardware::Settings& more) {
    return hardware::load_hardware(hardware_name, folder, with_more(more));
  };
  const hardware::Hardware base = root.has("settings")
                                      ? at_place(root.at("settings"), [&] { return load_with({}); })
                                      : load_with({});
  const auto known = keys_of(base);
  const DocumentValue list = root.at("knobs");
  std::vector<hardware::Hardware> machines{base};  // and with each value that names a file
  const KnobTrials trials{
      .whole = [&](const std::string& setting) { machines.push_back(load_with({setting})); },
      .read =
          [&](const hardware::Settings& more) {
            hardware::unchecked_hardware(
                hardware::load_description(hardware_name, folder, with_more(more)));
          }};
  const std::vector<hardware::VariedKey> knobs = read_knobs(list, known, hardware_name, trials);
  require_told_once(list, knobs, settings);
  std::vector<std::size_t> counts;
  std::vector<std::vector<double>> numbers;
  for (const hardware::VariedKey& knob : knobs) {
    counts.push_back(knob.values.size());
    numbers.push_back(numbers_of(knob));
  }

  Space space{.path = path,
              .text = text,
              .hardware = hardware_name,
              .variants = hardware::Variants(hardware_name, folder, settings, knobs),
              .grid = search::Grid(std::move(counts)),
              .numbers = std::move(numbers),
              .fields = numbers_in(known, knobs),
              .metrics = {},
              .constraints = {},
              .networks = read_networks(root, host),
              .objectives = {},
              .technology = base.energy_technology(),
              .assumed_energies = default_energies_text(hardware_name, base),
              .fingerprint = {}};
  space.metrics = metrics_of(base.machine(), space.chooses_bits());
  read_constraints(root, space);
  read_objectives(root, space);
  space.fingerprint = fingerprint_of(space, machines);
  return space;
}

Space load_space(const std::string& name_or_file, const Host& host) {
  std::string path = name_or_file;
  if (!hardware::is_hardware_file(name_or_file)) {
    const auto folder = std::filesystem::path(folder_of(host)).parent_path() / "spaces";
    const std::vector<std::string> known = hardware::hardware_names(folder.string());
    if (std::find(known.begin(), known.end(), name_or_file) == known.end())
      throw UserError(std::string("--space: ") + unknown_name("space", name_or_file, known).what());
    path = (folder / (name_or_file + ".yaml")).string();
  }
  return space_of(path, read_file(path, {.most_bytes = DocumentLimits().bytes}), host);
}

}  // namespace bitloom::pipelines
