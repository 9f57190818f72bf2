#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/quantity.h"
#include "sim/report.h"

namespace bitloom::reports {

/// A machine that could be built in place of another, and what the same layers cost on it.
struct Change {
  std::vector<std::string> settings;  // `array.dm=16`; none: the machine as it is
  std::int64_t images;  // that the costs are of; 1 where rows of a table have batches of their own
  Cycles cycles;
  Milliseconds latency;
  Picojoules energy;
  std::vector<sim::Resource> resources;
  /// Energy constants that the file leaves out, which follow a machine's size, and whether it gives
  /// others.
  std::vector<std::string> scaled_energies = {};
  bool gives_energies = true;

  double image_ms() const { return latency.count() / static_cast<double>(images); }
  double image_mj() const;
};

/// One change at a time beside the machine as it is, the fastest first: time and energy of an
/// image, and what it takes of the chip more or less. Of rows with batches of their own it is the
/// time of all, `of_an_image` false.
std::string changes_text(const Change& as_is, std::vector<Change> changes, bool of_an_image,
                         std::size_t max_width);
nlohmann::ordered_json changes_json(const Change& as_is, std::vector<Change> changes);

}  // namespace bitloom::reports
