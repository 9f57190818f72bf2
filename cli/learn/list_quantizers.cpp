#include <memory>

#include "base/error.h"
#include "cli/learn/learn_commands.h"
#include "cli/output.h"
#include "models/quantizers/quantizer.h"
#include "reports/description.h"

namespace bitloom::cli {
namespace {

void run(const std::string& what) {
  if (what != "quantizers") throw unknown_name("list", what, {"quantizers"});
  std::vector<reports::Listed> rows;
  for (const nn::QuantizerScheme& scheme : nn::quantizer_schemes())
    rows.push_back(
        {std::string(scheme.name),
         {scheme.granularity == nn::QuantizerTask::Granularity::kLayer ? "layer" : "channel",
          std::string(scheme.doc)}});
  print(reports::list_text({"quantizer", "range per", "what it is"}, rows, list_width()));
}

}  // namespace

void add_list_quantizers(CLI::App& program) {
  auto what = std::make_shared<std::string>();
  CLI::App* command = program.add_subcommand("list", "the quantizers");
  command->add_option("quantizers", *what, "what to list")->required()->type_name("");
  command->callback([what] { run(*what); });
}

}  // namespace bitloom::cli
