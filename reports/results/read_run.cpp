#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"
#include "reports/results/fields.h"
#include "reports/results/read_parts.h"
#include "reports/results/verification_notes.h"

namespace bitloom::reports {
namespace {

namespace fs = std::filesystem;

/// Calls `use` with the file's content where it is there.
template <class Use>
void read_if_there(const std::string& path, Use use) {
  if (!fs::exists(path)) return;
  use(JsonValue::load(path));
}

/// A word with tabs, line ends or control characters, as bash takes it.
std::string escaped_word(const std::string& word) {
  std::string text = "$'";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      text += fmt::format("\\x{:02x}", byte);
    else
      text += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return text + "'";
}

/// As a shell takes it.
std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyz"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789-_./=,:+@%^") == std::string::npos;
  if (plain) return word;
  if (!is_one_readable_line(word)) return escaped_word(word);
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

void read_manifest(const JsonValue& manifest, Run& run) {
  run.program = manifest.text_or("command");
  run.network = manifest.text_or("network");
  run.hardware = manifest.text_or("hardware");
  run.method = manifest.text_or("method");
  run.engine = manifest.text_or("engine");
  run.version = manifest.text_or("version");
  run.batch = manifest.integer_at("batch");
  if (const auto budgets = manifest.find("budgets"))
    for (const JsonValue& budget : budgets->items()) run.budgets.push_back(budget.shown_text());
  if (const std::string cost = manifest.text_or("minimize"); !cost.empty()) {
    run.aim = "the least " + cost;
    if (const std::string loss = manifest.text_or("max_loss"); !loss.empty())
      run.aim += fmt::format(" that loses at most {} points of top-1", loss);
  }
  if (const auto limits = manifest.find("limits")) read(*limits, run.limits);
  run.command = command_line(manifest);
  run.manifest = bitloom::json_text(manifest.json(), 2);
}

void take_reference(const std::optional<ReferencePolicy>& reference, Run& run) {
  if (!reference) return;
  run.compared_with = reference->bits;
  run.costs_at_8_bits = reference->costs;
}

void take_result(MeasuredSearchFile result, Run& run) {
  run.candidates = std::move(result.candidates);
  run.differences = std::move(result.differences);
  run.start = std::move(result.start);
  if (!result.costs_at_8_bits.empty()) run.costs_at_8_bits = result.costs_at_8_bits;
  take_reference(result.reference, run);
  run.reward_data = result.reward_data;
  run.final_data = result.final_data;
  run.quantizer = result.quantizer;
}

/// `8-8` in a file's name is 8/8.
std::string policy_name(const std::string& name) {
  const std::size_t dash = name.find('-');
  if (name.find_first_not_of("0123456789-") != std::string::npos || dash == 0 ||
      dash != name.rfind('-') || dash + 1 >= name.size())
    return name;
  return name.substr(0, dash) + "/" + name.substr(dash + 1);
}

/// A simulation whose layers are those of the policy: one of parts has them whole.
SimulationFile read_whole(const JsonValue& file) {
  SimulationFile simulation = read_simulation(file);
  simulation.layers = whole_layers(simulation.layers);
  return simulation;
}

/// `simulation.json` first, then `simulation-NAME.json` in the order of their names.
void read_simulations(const std::string& folder, Run& run) {
  constexpr std::string_view kStart = "simulation-", kEnd = ".json";
  read_if_there(folder + "/simulation.json", [&](const JsonValue& file) {
    run.priced.push_back({"found", read_whole(file)});
  });
  std::vector<std::string> others;
  for (const auto& each : fs::directory_iterator(folder)) {
    const std::string file = each.path().filename().string();
    if (file.starts_with(kStart) && file.ends_with(kEnd) &&
        file.size() > kStart.size() + kEnd.size())
      others.push_back(file);
  }
  std::sort(others.begin(), others.end());
  for (const std::string& file : others) {
    const std::string name = file.substr(kStart.size(), file.size() - kStart.size() - kEnd.size());
    if (!is_one_readable_line(name))
      throw UserError(fmt::format("{}: a file's name there is no readable text", folder));
    read_if_there(folder + "/" + file, [&](const JsonValue& json) {
      run.priced.push_back({policy_name(name), read_whole(json)});
    });
  }
}

/// The layers' bits as a file of the run says, and what makes that file.
struct ToldPolicy {
  std::string file;
  std::vector<LayerBits> layers;
};

template <class Layers>
std::vector<LayerBits> bits_of(const Layers& layers) {
  std::vector<LayerBits> bits;
  for (const auto& layer : layers) bits.push_back(layer.bits);
  return bits;
}

std::string to_text(const LayerBits& bits) {
  return fmt::format("{}/{}", bits.weight_bits, bits.activation_bits);
}

/// Refuses a folder whose files tell of different policies.
void require_same(const std::string& folder, const ToldPolicy& a, const ToldPolicy& b) {
  const auto refuse = [&](const std::string& difference) {
    throw UserError(fmt::format(
        "{}: {} and {} are of different policies: {}; run the search or the simulation again",
        folder, a.file, b.file, difference));
  };
  if (a.layers.size() != b.layers.size())
    refuse(fmt::format("{} and {} layers", a.layers.size(), b.layers.size()));
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    const LayerBits &one = a.layers[i], &other = b.layers[i];
    if (one.name != other.name)
      refuse(fmt::format("layer {} is '{}' and '{}'", i + 1, one.name, other.name));
    if (to_text(one) != to_text(other))
      refuse(fmt::format("'{}' has {} and {} bits", one.name, to_text(one), to_text(other)));
  }
}

/// Refuses a folder in which files of several runs were mixed.
void require_one_policy(const std::string& folder, const Run& run) {
  std::vector<ToldPolicy> told;
  if (!run.policy.empty()) told.push_back({"policy.json", run.policy});
  if (run.solved) told.push_back({"search.json", bits_of(run.solved->layers)});
  if (const Candidate* found = run.candidate("found"))
    told.push_back({"result.json", found->layers});
  if (const PricedPolicy* found = run.found())
    told.push_back({"simulation.json", bits_of(found->simulation.layers)});
  for (const ToldPolicy& each : told) require_same(folder, told.front(), each);
}

}  // namespace

std::string run_name(const std::string& folder) {
  const fs::path path = fs::path(folder).lexically_normal();
  std::string name = (path.has_filename() ? path : path.parent_path()).filename().string();
  if (name.empty() || name == "." || name == "..")
    name = fs::weakly_canonical(folder).filename().string();
  if (!is_one_readable_line(name))
    throw UserError(
        fmt::format("{}: its name names the run: must be UTF-8 text without control "
                    "characters",
                    folder));
  return name;
}

std::string command_line(const JsonValue& manifest) {
  const auto arguments = manifest.find("arguments");
  if (!arguments) return "";
  std::vector<std::string> words;
  for (const JsonValue& word : arguments->items()) words.push_back(quoted(word.any_text()));
  return fmt::format("{}", fmt::join(words, " "));
}

const Candidate* Run::candidate(const std::string& wanted) const {
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const Candidate& c) { return c.name == wanted; });
  return found == candidates.end() ? nullptr : &*found;
}

const PricedPolicy* Run::found() const {
  return priced.empty() || priced.front().name != "found" ? nullptr : &priced.front();
}

const PricedPolicy* Run::reference() const {
  const auto other = std::find_if(priced.begin(), priced.end(),
                                  [](const PricedPolicy& p) { return p.name != "found"; });
  return other == priced.end() ? nullptr : &*other;
}

Run read_run(const std::string& folder) {
  const std::string manifest = folder + "/manifest.json";
  std::error_code failure;
  if (!fs::is_directory(folder, failure))
    throw UserError(fmt::format("{}: is no run's folder: {}", folder,
                                fs::exists(folder, failure)
                                    ? "it is a file, and no store of bitloom explore; results of "
                                      "simulate and compare are named .json"
                                    : "no such folder"));
  if (!fs::exists(manifest, failure))
    throw UserError(fmt::format("{}: is no run's folder: it has no manifest.json", folder));
  Run run;
  run.name = run_name(folder);
  read_if_there(manifest, [&](const JsonValue& file) { read_manifest(file, run); });
  read_if_there(folder + "/policy.json",
                [&](const JsonValue& file) { run.policy = read_policy(file).layers; });
  read_if_there(folder + "/search.json", [&](const JsonValue& file) {
    run.solved = read_search(file);
    run.costs_at_8_bits = run.solved->costs_at_8_bits;
    take_reference(run.solved->reference, run);
  });
  read_if_there(folder + "/sensitivity.json",
                [&](const JsonValue& file) { run.sensitivity = read_sensitivities(file); });
  read_if_there(folder + "/frontier.json",
                [&](const JsonValue& file) { run.frontier = read_frontier(file).points; });
  read_if_there(folder + "/result.json",
                [&](const JsonValue& file) { take_result(read_measured_search(file), run); });
  read_if_there(folder + "/verify.json", [&](const JsonValue& file) {
    const VerificationFile verification = read_verification(file);
    run.verdicts = verification.layers;
    run.notes_on_verdicts = why_simulate_differs(verification);
  });
  read_simulations(folder, run);
  require_one_policy(folder, run);
  if (const Candidate* found = run.candidate("found"); found && run.policy.empty())
    run.policy = found->layers;
  const std::string episodes = folder + "/episodes.csv";
  if (fs::exists(episodes)) run.episodes = read_episodes(read_file(episodes), episodes);
  return run;
}

}  // namespace bitloom::reports
