#include "sim/engines.h"

#include "base/error.h"
#include "sim/families/bismo/cycle_pricing.h"
#include "sim/families/bitfusion/cycle_pricing.h"
#include "sim/families/shift/cycle_pricing.h"

namespace bitloom::sim {
namespace {

/// A family's model on SystemC.
struct CycleModel {
  std::string_view family;
  decltype(Engine::price) price;
  decltype(Engine::record) record;  // none: nothing is recorded
};

constexpr CycleModel kModels[] = {
    {"bismo", cycle::price, cycle::record},
    {"bitfusion", cycle::bitfusion::price, nullptr},
    {"shift", cycle::shift::price, nullptr},
};

const CycleModel* model_of(const Machine& machine) {
  for (const CycleModel& model : kModels)
    if (model.family == machine.family()) return &model;
  return nullptr;
}

LayerResult price(const Machine& machine, const Job& job, const EngineOptions& options,
                  const PartDone& part_done) {
  const CycleModel* model = model_of(machine);
  if (!model)
    throw unsupported(machine.name() + ": machines of family " + std::string(machine.family()) +
                      " have no model for the cycle engine");
  return model->price(machine, job, options, part_done);
}

std::unique_ptr<Recording> record(const Machine& machine) {
  const CycleModel* model = model_of(machine);
  return model && model->record ? model->record(machine) : nullptr;
}

std::vector<Engine> all_engines() { return {analytic(), cycle()}; }

}  // namespace

Engine cycle() { return {"cycle", price, record}; }

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const Engine& engine : all_engines()) names.emplace_back(engine.name);
  return names;
}

Engine parse_engine(std::string_view name) {
  for (const Engine& engine : all_engines())
    if (engine.name == name) return engine;
  throw unknown_name("engine", name, engine_names());
}

}  // namespace bitloom::sim
