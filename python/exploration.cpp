#include <pybind11/stl.h>

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/explore/explore.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "python/results.h"
#include "reports/exploration_data.h"
#include "reports/text/exploration.h"
#include "search/explore/explorers.h"

namespace bitloom::python {
namespace {

/// A whole number in [1, most].
std::int64_t counted(const char* name, std::int64_t value, std::int64_t most) {
  if (value < 1 || value > most)
    throw UserError(fmt::format("{} {}: must be a whole number in [1, {}]", name, value, most));
  return value;
}

reports::Exploration explore(const std::string& space, const std::string& store,
                             const std::optional<std::string>& strategy,
                             std::optional<std::int64_t> evaluations, std::uint64_t seed,
                             std::int64_t jobs, const std::pair<std::int64_t, std::int64_t>& shard,
                             const std::string& folder, const py::object& progress) {
  constexpr std::int64_t kMostEvaluations = 1'000'000'000, kMostJobs = 1024,
                         kMostShards = 1'000'000;
  if (strategy) search::find_explorer(*strategy);
  if (evaluations) counted("evaluations", *evaluations, kMostEvaluations);
  counted("jobs", jobs, kMostJobs);
  counted("shard", shard.first, counted("shard", shard.second, kMostShards));
  return called(folder, progress, [&](const pipelines::Host& host) {
    return pipelines::explore({.space = space,
                               .store = store,
                               .strategy = strategy,
                               .evaluations = evaluations,
                               .seed = seed,
                               .jobs = static_cast<int>(jobs),
                               .shard = {shard.first, shard.second}},
                              host);
  });
}

reports::Exploration explored(const std::string& store, const std::optional<std::string>& where) {
  const py::gil_scoped_release released;
  return pipelines::show_store(store, where);
}

std::string point_yaml(const std::string& store, std::int64_t point, const std::string& folder) {
  return called(folder, py::none(), [&](const pipelines::Host& host) {
    return pipelines::point_yaml(store, point, host);
  });
}

std::vector<std::string> strategy_names() {
  std::vector<std::string> names;
  for (const auto& explorer : search::explorers()) names.emplace_back(explorer.name);
  return names;
}

}  // namespace

void add_exploration(py::module_& module) {
  py::class_<reports::Exploration>(module, "Exploration")
      .def("json", &reports::exploration_json)
      .def("csv", &reports::exploration_csv)
      .def("text", &reports::exploration_text, py::arg("width"));
  module.def("explore", &explore, py::arg("space"), py::arg("store"), py::arg("strategy"),
             py::arg("evaluations"), py::arg("seed"), py::arg("jobs"), py::arg("shard"),
             py::arg("folder"), py::arg("progress"));
  module.def("explored", &explored, py::arg("store"), py::arg("where"));
  module.def("point_yaml", &point_yaml, py::arg("store"), py::arg("point"), py::arg("folder"));
  module.def("strategy_names", &strategy_names);
}

}  // namespace bitloom::python
