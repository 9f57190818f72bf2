#include "sim/engine.h"

namespace bitloom::sim {

Engine analytic() {
  return {"analytic",
          [](const Machine& machine, const Job& job, const EngineOptions&, const PartDone&) {
            return machine.price(job);
          },
          [](const Machine&) { return std::unique_ptr<Recording>(); }};
}

}  // namespace bitloom::sim
