// Uses each library that bitloom installs.
#include <cstdio>

#include "models/data/shapes32/shapes32.h"
#include "models/graph/zoo/zoo.h"
#include "models/integer/requantize.h"
#include "models/weights/safetensors.h"
#include "pipelines/price.h"
#include "pipelines/simulate.h"
#include "search/solvers/exact.h"
#include "sim/engines.h"

namespace {

using namespace bitloom;

int failures = 0;

void expect(bool holds, const char* what) {
  if (holds) return;
  std::printf("wrong: %s\n", what);
  ++failures;
}

/// Two layers, each at few bits for 1 of cost or at many for 2; 3 may be spent.
search::Problem small_problem() {
  const std::vector<search::Choice> choices{{"2/2", 5, {1}}, {"8/8", 1, {2}}};
  return {
      .cost_names = {"ms"}, .layers = {{"a", choices}, {"b", choices}}, .ties = {}, .budgets = {}};
}

}  // namespace

int main() {
  const std::string edge = CONFIGS "/bismo-edge.yaml";
  const Price analytic = price("resnet20", edge, {.bits = {4, 6}});
  const Price events =
      price("resnet20", edge, {.bits = {4, 6}, .engine = {.options = {sim::cycle()}}});
  expect(analytic.cycles() > Cycles(0) && analytic.cycles() == events.cycles(), "pipelines, sim");
  std::printf("%lld cycles by both engines\n", static_cast<long long>(analytic.cycles().count()));

  expect(graph::layers_of(graph::make_network("resnet20")).size() == analytic.layers.size(),
         "graph");
  expect(integer::scaled(10, integer::dyadic_from(0.25)) == 3, "integer: 2.5 is rounded up");
  expect(data::make_shapes32(1, data::Part::kTest)->label(13) == 3, "data");
  try {
    weights::TensorFile::load("none.safetensors");
    expect(false, "weights: a file that is not there is refused");
  } catch (const UserError&) {
  }
  const search::Answer best =
      search::solve(small_problem(), {.minimize_cost = {}, .limits = {{0, 3}}, .max_omega = {}});
  expect(best.solution && best.solution->omega == 6, "search");
  const reports::Simulation told = pipelines::simulate(
      {.layers = pipelines::NetworkLayers{.network = {"resnet20"}}, .hardware = {edge}});
  expect(reports::simulation_json(told).starts_with("{"), "reports");
  return failures;
}
