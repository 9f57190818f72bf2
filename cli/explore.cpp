#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "cli/action.h"
#include "cli/commands.h"
#include "cli/host.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pipelines/explore/explore.h"
#include "pipelines/explore/validate.h"
#include "reports/exploration_data.h"
#include "reports/text/exploration.h"
#include "reports/text/validation.h"
#include "search/explore/explorers.h"
#include "sim/engines.h"

namespace bitloom::cli {
namespace {

struct ExploreArguments {
  std::optional<std::string> space, store, show;
  std::vector<std::string> merge;  // the new store, then those that go into it
  std::optional<std::string> strategy, evaluations, seed, jobs, shard;
  std::optional<std::string> where, point, validate;
  std::optional<std::string> json, csv;
};

std::int64_t parse_evaluations(const std::string& text) {
  constexpr std::int64_t kMost = 1'000'000'000;
  return parse_integer("--evaluations", text, 1, kMost);
}

int parse_explore_jobs(const std::string& text) {
  constexpr std::int64_t kMost = 1024;
  return static_cast<int>(parse_integer("--jobs", text, 1, kMost));
}

std::int64_t parse_point(const std::string& text) {
  return parse_integer("--point", text, 0, search::Grid::kMost);
}

/// `2/8`
pipelines::Shard parse_shard(const std::string& text) {
  constexpr std::int64_t kMost = 1'000'000;
  const std::size_t slash = text.find('/');
  const std::string_view all = text;
  const auto of =
      bitloom::parse_integer(slash == std::string::npos ? "" : all.substr(slash + 1), 1, kMost);
  const auto index = bitloom::parse_integer(all.substr(0, slash), 1, of ? *of : 1);
  if (!of || !index)
    throw UserError(
        fmt::format("--shard '{}': must be I/N, the I-th of N parts, such as 2/8", excerpt(text)));
  return {*index, *of};
}

/// A UserError where options of what is not done are given.
void require_one_task(const ExploreArguments& o) {
  const int tasks = o.space.has_value() + o.show.has_value() + !o.merge.empty();
  if (tasks != 1)
    throw UserError(
        tasks == 0 ? "bitloom explore: --space, --show or --merge is required (see bitloom explore "
                     "--help)"
                   : "bitloom explore: --space, --show and --merge are three tasks: give one");
  const std::pair<const char*, bool> of_space[] = {{"--output", o.store.has_value()},
                                                   {"--strategy", o.strategy.has_value()},
                                                   {"--evaluations", o.evaluations.has_value()},
                                                   {"--seed", o.seed.has_value()},
                                                   {"--jobs", o.jobs && !o.validate},
                                                   {"--shard", o.shard.has_value()}};
  for (const auto& [option, is_given] : of_space)
    if (is_given && !o.space)
      throw UserError(fmt::format("{}: goes with --space; leave it out", option));
  const std::pair<const char*, bool> of_show[] = {{"--where", o.where.has_value()},
                                                  {"--point", o.point.has_value()},
                                                  {"--validate", o.validate.has_value()}};
  for (const auto& [option, is_given] : of_show)
    if (is_given && !o.show) throw UserError(fmt::format("{}: goes with --show STORE", option));
  const std::pair<const char*, bool> not_of_point[] = {{"--where", o.where.has_value()},
                                                       {"--validate", o.validate.has_value()},
                                                       {"--json", o.json.has_value()},
                                                       {"--csv", o.csv.has_value()}};
  for (const auto& [option, is_given] : not_of_point)
    if (is_given && o.point)
      throw UserError(fmt::format(
          "{}: does not go with --point, which writes one machine; leave it out", option));
  if (o.space && !o.store)
    throw UserError("bitloom explore: --output is required (see bitloom explore --help)");
  if (!o.merge.empty() && o.merge.size() < 2)
    throw UserError(
        "--merge: needs the new store and those that go into it, such as --merge "
        "all.db a.db b.db");
}

sim::Engine parse_validate(const std::string& text) {
  const sim::Engine engine = sim::parse_engine(text);
  if (engine == sim::analytic())
    throw UserError("--validate 'analytic': stores are made with it; take cycle");
  return engine;
}

reports::Exploration result_of(const ExploreArguments& o, const pipelines::MakeCrew& make_crew) {
  if (o.show) return pipelines::show_store(*o.show, o.where);
  if (!o.merge.empty())
    return pipelines::merge_stores(o.merge.front(), {o.merge.begin() + 1, o.merge.end()});
  pipelines::ExploreOptions options{.space = *o.space, .store = *o.store, .strategy = o.strategy};
  if (o.evaluations) options.evaluations = parse_evaluations(*o.evaluations);
  if (o.seed) options.seed = parse_seed("--seed", *o.seed);
  if (o.jobs) options.jobs = parse_explore_jobs(*o.jobs);
  if (o.shard) options.shard = parse_shard(*o.shard);
  return pipelines::explore(options, host(), make_crew);
}

void run(const ExploreArguments& o, const pipelines::MakeCrew& make_crew) {
  if (make_crew && o.jobs && o.space)
    throw UserError("--jobs: each rank is a process already; leave it out, or start more ranks");
  require_one_task(o);
  if (o.point) return print(pipelines::point_yaml(*o.show, parse_point(*o.point), host()));
  Destination json(o.json), csv(o.csv);
  const auto tell = [&](const auto& result, const auto& as_json, const auto& as_csv,
                        const auto& as_text) {
    if (json.wanted()) json.write(as_json(result));
    if (csv.wanted()) csv.write(as_csv(result));
    if (!json.is_standard_output() && !csv.is_standard_output())
      print(as_text(result, list_width()));
  };
  if (o.validate)
    tell(pipelines::validate_front(*o.show, o.where, parse_validate(*o.validate),
                                   o.jobs ? parse_explore_jobs(*o.jobs) : 1, host()),
         reports::validation_json, reports::validation_csv, reports::validation_text);
  else
    tell(result_of(o, make_crew), reports::exploration_json, reports::exploration_csv,
         reports::exploration_text);
  json.finish();
  csv.finish();
}

void add_exploring(CLI::App& command, ExploreArguments& o) {
  const auto option = [&](const char* name, auto& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type);
  };
  option("--space", o.space, "a space of machines: a file, or a name in configs/spaces", "FILE");
  option("-o,--output", o.store, "the store of points, made or gone on with", "STORE");
  look_at(option("--strategy", o.strategy,
                 "exhaustive, random, sobol, nsga2 or bottleneck (exhaustive up to 10^6 points, "
                 "then nsga2)",
                 "NAME"),
          [](const std::string& text) { search::find_explorer(text); });
  look_at(option("--evaluations", o.evaluations,
                 "points that a strategy other than exhaustive asks for (2000)", "N"),
          parse_evaluations);
  look_at(option("--seed", o.seed, "of what strategies draw (1)", "SEED"),
          [](const std::string& text) { parse_seed("--seed", text); });
  look_at(
      option(
          "--jobs", o.jobs,
          "processes that evaluate points, or validate them (1); with mpirun or srun each rank is "
          "one (docs/guide/exploration.md)",
          "N"),
      parse_explore_jobs);
  look_at(option("--shard", o.shard,
                 "evaluate the I-th of N parts alone, each in a store of its own", "I/N"),
          parse_shard);
}

void add_showing(CLI::App& command, ExploreArguments& o) {
  const auto option = [&](const char* name, auto& value, const char* help, const char* type) {
    return command.add_option(name, value, help)->type_name(type);
  };
  option("--merge", o.merge, "make or fill the first store from the others", "STORE ...");
  option("--show", o.show, "show what a store holds", "STORE");
  option("--where", o.where,
         "the front of those points alone, such as \"lut < 40000 and energy_mj < 3\"", "CONDITION");
  look_at(option("--point", o.point, "write a point's machine, for --hardware", "N"), parse_point);
  look_at(
      option("--validate", o.validate,
             "price the front again: cycle (SystemC), and tell where the store is off", "ENGINE"),
      parse_validate);
  option("--json", o.json, "write the result as JSON; - is standard output", "FILE");
  option("--csv", o.csv, "write a row for each point of the front; - is standard output", "FILE");
}

}  // namespace

void add_explore(CLI::App& program, const pipelines::MakeCrew& make_crew) {
  auto arguments = std::make_shared<ExploreArguments>();
  CLI::App* command = program.add_subcommand(
      "explore", "machines of a space evaluated, and those that nothing beats: the front");
  add_exploring(*command, *arguments);
  add_showing(*command, *arguments);
  set_action(*command, [arguments, make_crew] { run(*arguments, make_crew); });
}

}  // namespace bitloom::cli
