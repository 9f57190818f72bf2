#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/configs.h"
#include "cli/host.h"
#include "cli/output.h"
#include "models/data/dataset.h"
#include "models/graph/layer_shape.h"
#include "models/graph/zoo/zoo.h"
#include "pipelines/training_settings.h"
#include "reports/description.h"
#include "search/policy/methods.h"
#include "search/searchers.h"
#include "sim/catalogue.h"
#include "sim/presets.h"

namespace bitloom::cli {
namespace {

void list_networks() {
  std::vector<reports::Listed> rows;
  for (const graph::ZooEntry& entry : graph::zoo()) {
    const graph::Graph network = graph::make_network(entry.name);
    const auto layers = graph::layers_of(network);
    rows.push_back(
        {std::string(entry.name),
         {fmt::format("{}", layers.size()),
          fmt::format("{:.1f}", static_cast<double>(graph::macs_of(layers).count()) * 1e-6),
          fmt::format("{:.2f}", static_cast<double>(graph::parameter_count(network)) * 1e-6),
          std::string(entry.doc)}});
  }
  print(reports::list_text({"network", "layers", "M MACs", "M params", "what it is"}, rows,
                           list_width()));
}

void list_hardware() {
  const std::string folder = hardware_folder();
  std::vector<reports::Listed> rows;
  for (const std::string& name : hardware::hardware_names(folder)) {
    const hardware::Hardware hw = hardware::load_hardware(name, folder);
    rows.push_back({name,
                    {hw.machine().array_text(), fmt::format("{:.2f}", hw.peak_binary_tops()),
                     hw.description()}});
  }
  print(reports::list_text({"hardware", "array", "TOPS", "what it is"}, rows, list_width()));
}

void list_dram() {
  const std::string folder = hardware_folder();
  std::vector<reports::Listed> rows;
  for (const std::string& name : hardware::dram_names(folder)) {
    const hardware::Dram dram = hardware::load_dram(name, folder);
    rows.push_back({name, {fmt::format("{:.1f}", dram.peak_gigabytes_per_second()), dram.part}});
  }
  print(reports::list_text({"dram", "GB/s", "what a channel is"}, rows, list_width()));
}

void list_memories() {
  const std::string folder = hardware_folder();
  std::vector<reports::Listed> rows;
  for (const std::string& name : hardware::memory_names(folder)) {
    const hardware::MemoryTable table = hardware::load_memory(name, folder);
    rows.push_back({name,
                    {fmt::format("{} to {}", table.banks.front().bytes, table.banks.back().bytes),
                     table.description}});
  }
  print(reports::list_text({"memory", "bytes a bank", "what a bank is"}, rows, list_width()));
}

void list_recipes() {
  std::vector<reports::Listed> rows;
  for (const std::string& name : pipelines::recipe_names(host())) {
    const pipelines::TrainingSettings recipe = pipelines::load_recipe(name, {}, host());
    rows.push_back({name,
                    {fmt::format("{}", recipe.epochs),
                     fmt::format("{} ({})", recipe.description, recipe.paper)}});
  }
  print(reports::list_text({"recipe", "epochs", "what it is"}, rows, list_width()));
}

void list_searches() {
  std::vector<reports::Listed> rows;
  for (const search::Method& method : search::methods())
    rows.push_back({std::string(method.name), {std::string(method.doc)}});
  for (const search::SearcherKind& kind : search::searcher_kinds())
    rows.push_back({std::string(kind.name), {std::string(kind.doc)}});
  print(reports::list_text({"search", "how it chooses bits"}, rows, list_width()));
}

void list_data() {
  std::vector<reports::Listed> rows;
  for (const data::SourceKind& kind : data::source_kinds())
    rows.push_back({kind.name + ":" + kind.arguments, {kind.doc}});
  print(reports::list_text({"data", "what it is"}, rows, list_width()));
}

struct ListEntry {
  std::string_view name;
  void (*list)();
};
constexpr ListEntry kLists[] = {{"networks", list_networks}, {"hardware", list_hardware},
                                {"dram", list_dram},         {"memories", list_memories},
                                {"data", list_data},         {"recipes", list_recipes},
                                {"searches", list_searches}};

void run(const std::string& what) {
  std::vector<std::string> known;
  for (const ListEntry& entry : kLists) {
    if (entry.name == what) return entry.list();
    known.emplace_back(entry.name);
  }
  known.emplace_back("quantizers");  // bitloom-learn's
  throw unknown_name("list", what, known);
}

}  // namespace

void add_list(CLI::App& program) {
  auto what = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand(
      "list",
      "the networks, hardware, DRAM, memories, data, quantizers, recipes and searches that have "
      "names");
  command
      ->add_option("WHAT", *what,
                   "networks, hardware, dram, memories, data, quantizers, recipes or searches")
      ->required()
      ->type_name("");
  set_action(*command, [what] { run(*what); });
}

}  // namespace bitloom::cli
