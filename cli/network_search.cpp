#include "cli/network_search.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "search/policy/methods.h"
#include "search/searchers.h"

namespace bitloom::cli {
namespace {

constexpr const char* kRequired[] = {"--hardware", "--sensitivity"};
constexpr const char* kOthers[] = {
    "--network",  "--layers-csv",  "--method",          "--image-size",  "--classes",
    "--input",    "--batch",       "--engine",          "--stalls",      "--jobs",
    "--budget",   "--weight-bits", "--activation-bits", "--edge-layers", "--constraints",
    "--minimize", "--max-omega",   "--output",          "--set",         "--energy-table"};

/// Methods that measure accuracy run in another program, which their name starts.
void require_method(const std::string& name) {
  std::vector<std::string> known = search::method_names();
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  for (const std::string& other : search::searcher_names()) known.push_back(other);
  throw unknown_name("method", name, known);
}

double parse_omega(const std::string& text) {
  const auto number = bitloom::parse_real(text);
  if (!number) throw UserError(fmt::format("--max-omega '{}': must be a number", excerpt(text)));
  return *number;
}

}  // namespace

void NetworkSearchOptions::add_to(CLI::App& command) {
  look_at(command
              .add_option("--method", method,
                          fmt::format("{} by sensitivities (hawq-v3); {} measure accuracy: bitloom "
                                      "search --method haq --help",
                                      fmt::join(search::method_names(), ", "),
                                      fmt::join(search::searcher_names(), ", ")))
              ->type_name("NAME"),
          require_method);
  space.network.add_to(command);
  space.add_to(command);
  command
      .add_option("--sensitivity", sensitivity,
                  "omega of every layer and width, as `bitloom sensitivity` writes it")
      ->type_name("FILE");
  look_at(command
              .add_option("--minimize", minimize,
                          "the other way round: least latency, energy, dram, size or bops ...")
              ->type_name("COST"),
          [](const std::string& text) { search::parse_cost_kind("--minimize", text); });
  look_at(command.add_option("--max-omega", max_omega, "... at no more than this omega")
              ->type_name("X"),
          parse_omega);
}

pipelines::PolicySearchOptions NetworkSearchOptions::choice(const CLI::App& command) const {
  const auto require = [](bool is_given, const char* option) {
    if (!is_given)
      throw UserError(fmt::format(
          "bitloom search: {} is required, or --problem (see bitloom search --help)", option));
  };
  require(space.network.is_given(), "--network or --layers-csv");
  for (const char* option : kRequired) require(command.count(option) > 0, option);
  if (minimize.has_value() != max_omega.has_value())
    throw UserError("--minimize and --max-omega: each needs the other");
  pipelines::PolicySearchOptions choice{
      .method = method, .space = space.space(), .sensitivity = sensitivity, .folder = folder};
  if (minimize)
    choice.minimize = {search::parse_cost_kind("--minimize", *minimize), parse_omega(*max_omega)};
  return choice;
}

void require_no_network(const CLI::App& command) {
  const auto refuse = [&](const char* option) {
    if (command.count(option) > 0)
      throw UserError(
          fmt::format("{} and --problem: a problem's file says it all; leave one out", option));
  };
  for (const char* option : kRequired) refuse(option);
  for (const char* option : kOthers) refuse(option);
}

}  // namespace bitloom::cli
