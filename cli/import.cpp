#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pipelines/policy_files.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

struct ImportArguments {
  NetworkOption network;
  std::string file;
  std::optional<std::string> format;
  std::optional<std::string> activations;
  std::vector<std::string> renames;
  std::string entry;
  std::string output;

  pipelines::ImportOptions options() const {
    pipelines::ImportOptions options{
        .network = network.choice(), .file = file, .format = format, .reading = {}};
    if (activations)
      options.reading.activations = static_cast<int>(
          parse_integer("--activations", *activations, graph::kMinBits, graph::kMaxBits));
    for (const std::string& rename : renames)
      options.reading.renames.push_back(policies::parse_rename("--rename", rename));
    options.reading.entry = entry;
    return options;
  }
};

/// `2 to 8`, or `4` where all are equal.
std::string range_text(const graph::Policy& policy, int graph::Precision::*bits) {
  int least = graph::kMaxBits, most = graph::kMinBits;
  for (const graph::Precision& each : policy) {
    least = std::min(least, each.*bits);
    most = std::max(most, each.*bits);
  }
  return least == most ? fmt::format("{}", most) : fmt::format("{} to {}", least, most);
}

void run(const ImportArguments& arguments) {
  Destination destination(arguments.output);
  const pipelines::ImportedPolicy imported = import_policy(arguments.options(), host());
  destination.write(imported.text);
  const policies::Read& read = imported.read;
  if (!destination.is_standard_output()) {
    std::string what =
        fmt::format("{}: {} layers of {} from {}, weights of {} bits, activations of {}",
                    arguments.output, read.policy.size(), imported.network, read.format,
                    range_text(read.policy, &graph::Precision::weight_bits),
                    range_text(read.policy, &graph::Precision::activation_bits));
    if (read.passed_over > 0)
      what += fmt::format("; entries of no layer's operand: {}", read.passed_over);
    print(reports::wrapped(what, output_width(), ""));
  }
  destination.finish();
}

std::string known_formats() {
  std::string text;
  for (const policies::Format& each : policies::formats())
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", each.name, each.doc);
  return text;
}

}  // namespace

void add_import(CLI::App& program) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command = program.add_subcommand(
      "import", "the bits that HAQ, NNCF, AIMET or HAWQ chose, as a policy of bitloom's");
  command->add_option("FILE", arguments->file, "the other program's file")
      ->required()
      ->type_name("");
  arguments->network.add_to(*command);
  look_at(command->add_option("--from", arguments->format, known_formats() + " (recognized)")
              ->type_name("FORMAT"),
          [](const std::string& text) { policies::format_named(text); });
  command
      ->add_option(
          "--activations", arguments->activations,
          "activation bits of layers of which the file does not say them (none: such a file is "
          "refused)")
      ->type_name("BITS");
  command
      ->add_option("--rename", arguments->renames,
                   "a name of the file's and the layer's; * stands for anything, as in "
                   "'backbone.*=*'; may be given several times")
      ->type_name("OLD=NEW")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--entry", arguments->entry, "of a file with several configurations")
      ->type_name("NAME");
  command->add_option("-o,--output", arguments->output, "the policy; - is standard output")
      ->required()
      ->type_name("FILE");
  set_action(*command, [arguments] { run(*arguments); });
}

}  // namespace bitloom::cli
