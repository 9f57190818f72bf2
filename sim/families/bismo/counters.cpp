#include "sim/families/bismo/counters.h"

#include <algorithm>

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

StageCounters& StageCounters::operator+=(const StageCounters& other) {
  run += other.run;
  idle += other.idle;
  send += other.send;
  receive += other.receive;
  busy += other.busy;
  issue += other.issue;
  return *this;
}

std::string_view to_text(Bound bound) {
  switch (bound) {
    case Bound::kCompute:
      return "compute";
    case Bound::kActivationFetch:
      return "activation fetch";
    case Bound::kWeightFetch:
      return "weight fetch";
    case Bound::kConversion:
      return "conversion";
    case Bound::kResult:
      return "result";
    case Bound::kPipeline:
      return "pipeline";
    case Bound::kIssue:
      return "instruction issue";
    case Bound::kPort:
      return "port";
    case Bound::kMemory:
      return "memory";
    case Bound::kFullQueue:
      return "full queue";
    case Bound::kExecute:
      return "execute";
  }
  return "";
}

std::vector<Spent> Counters::spent(mapping::Stage stage) const {
  const StageCounters& c = of(stage);
  if (stage == mapping::Stage::kExecute)
    return {{Bound::kCompute, c.busy},          {Bound::kActivationFetch, activation_wait},
            {Bound::kWeightFetch, weight_wait}, {Bound::kResult, result_wait},
            {Bound::kPipeline, drain},          {Bound::kIssue, c.issue}};
  return {{Bound::kPort, c.busy},
          {Bound::kMemory, c.run - c.busy - c.issue},
          {Bound::kIssue, c.issue},
          {Bound::kFullQueue, c.send},
          {Bound::kExecute, c.receive}};
}

namespace {

Bound largest(const std::vector<Spent>& all) {
  return std::max_element(all.begin(), all.end(),
                          [](const Spent& a, const Spent& b) { return a.cycles < b.cycles; })
      ->on;
}

}  // namespace

Bound Counters::bound(mapping::Stage stage) const { return largest(spent(stage)); }

Bound Counters::bound() const {
  std::vector<Spent> all = spent(mapping::Stage::kExecute);
  all.push_back({Bound::kConversion, conversion});
  return largest(all);
}

Counters& Counters::operator+=(const Counters& other) {
  for (std::size_t i = 0; i < stages.size(); ++i) stages[i] += other.stages[i];
  activation_wait += other.activation_wait;
  weight_wait += other.weight_wait;
  result_wait += other.result_wait;
  drain += other.drain;
  conversion += other.conversion;
  return *this;
}

}  // namespace bitloom::cycle
