#include "sim/cycle/counters.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace bitloom::cycle {

double StageCounters::efficiency() const {
  return run.count() == 0 ? 0
                          : static_cast<double>(busy.count()) / static_cast<double>(run.count());
}

void StageCounters::add(State state, Cycles cycles) {
  switch (state) {
    case State::kIdle:
      idle += cycles;
      return;
    case State::kRun:
      run += cycles;
      return;
    case State::kSend:
      send += cycles;
      return;
    case State::kReceive:
      receive += cycles;
      return;
  }
  throw InternalError("a stage in an unknown state");
}

std::string_view to_text(Bound bound) {
  switch (bound) {
    case Bound::kCompute:
      return "compute";
    case Bound::kActivationFetch:
      return "activation fetch";
    case Bound::kWeightFetch:
      return "weight fetch";
    case Bound::kResult:
      return "result";
    case Bound::kPipeline:
      return "pipeline";
  }
  return "";
}

Bound Counters::bound() const {
  const std::pair<Cycles, Bound> spent[] = {{of(mapping::Stage::kExecute).busy, Bound::kCompute},
                                            {activation_wait, Bound::kActivationFetch},
                                            {weight_wait, Bound::kWeightFetch},
                                            {result_wait, Bound::kResult},
                                            {drain, Bound::kPipeline}};
  return std::max_element(std::begin(spent), std::end(spent),
                          [](const auto& a, const auto& b) { return a.first < b.first; })
      ->second;
}

}  // namespace bitloom::cycle
