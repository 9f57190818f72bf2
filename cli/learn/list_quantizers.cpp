#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/learn/learn_commands.h"
#include "cli/output.h"
#include "models/quantizers/quantizer_table.h"
#include "models/torch/post_training/post_training_table.h"
#include "reports/description.h"

namespace bitloom::cli {
namespace {

using Role = nn::QuantizerTask::Role;

std::string described(const nn::QuantizerKind& kind) {
  std::string text(kind.doc);
  if (kind.most_bits < nn::QuantizerKind().most_bits) text += ", " + nn::bits_text(kind);
  return kind.source.empty() ? text : fmt::format("{} ({})", text, kind.source);
}

std::string table_of(Role role, const char* heading) {
  std::vector<reports::Listed> rows;
  for (const nn::QuantizerKind& kind : nn::quantizer_kinds(role)) {
    const bool is_whole =
        role == Role::kActivations || kind.granularity == nn::QuantizerTask::Granularity::kLayer;
    rows.push_back({std::string(kind.name),
                    {is_whole ? "layer" : "channel", std::string(kind.learned),
                     std::string(families_that_run(kind.spacing)), described(kind)}});
  }
  return reports::list_text({heading, "per", "learned", "runs on", "what it is"}, rows,
                            list_width());
}

std::string post_training_table() {
  std::vector<reports::Listed> rows;
  for (const nn::PostTraining& method : nn::post_training_methods())
    rows.push_back(
        {std::string(method.name), {std::string(method.preset), std::string(method.doc)}});
  return reports::list_text({"--ptq", "preset", "what it does"}, rows, list_width());
}

void run(const std::string& what) {
  if (what != "quantizers") throw unknown_name("list", what, {"quantizers"});
  print(table_of(Role::kWeights, "weights") + "\n" + table_of(Role::kActivations, "activations") +
        "\n" + post_training_table());
}

}  // namespace

void add_list_quantizers(CLI::App& program) {
  auto what = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand("list", "the quantizers");
  command->add_option("quantizers", *what, "what to list")->required()->type_name("");
  set_action(*command, [what] { run(*what); });
}

}  // namespace bitloom::cli
