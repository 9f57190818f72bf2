#pragma once

#include <CLI/CLI.hpp>

namespace bitloom::cli {

/// CLI11's help, its descriptions wrapped to 80 columns.
class HelpFormat final : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace bitloom::cli
