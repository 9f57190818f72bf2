#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitloom::reports {

/// What a point costs by the engine that its store was made with, and by another.
struct ValidatedPoint {
  std::int64_t number = 0;
  double latency_ms = 0, energy_mj = 0;
  double other_latency_ms = 0, other_energy_mj = 0;
  std::string refusal = {};  // of the other engine; it tells no costs then
};

/// A front priced again.
struct Validation {
  std::string store;
  std::string engine, other;
  std::string technology;  // of the energy constants; empty: nobody says
  std::vector<ValidatedPoint> points;
};

std::string validation_json(const Validation& result);
std::string validation_csv(const Validation& result);

}  // namespace bitloom::reports
