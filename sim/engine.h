#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "sim/family.h"

namespace bitloom::sim {

struct EngineOptions;

/// Hears what part of a layer is done, from 0 to 1.
using PartDone = std::function<void(double)>;

/// Runs jobs one after the other and records what the machine does.
class Recording {
 public:
  virtual ~Recording() = default;
  using Sink = std::function<void(std::string_view)>;

  /// Steps of the array that `job` takes, each of which leaves something to record.
  virtual std::int64_t steps(const Job& job) const = 0;
  virtual LayerResult run(const Job& job, const EngineOptions& options) = 0;
  /// What was recorded as a value change dump (IEEE 1364-2005, clause 18), and in lines to read.
  virtual void write_waveform(const Sink& sink) const = 0;
  virtual void write_timeline(const Sink& sink) const = 0;
};

/// How a schedule is priced. All engines run the same schedule. An engine is handed over as a
/// value, so that a program links only those that it names.
struct Engine {
  std::string_view name;
  LayerResult (*price)(const Machine& machine, const Job& job, const EngineOptions& options,
                       const PartDone& part_done);
  /// Null where the engine records nothing of such machines.
  std::unique_ptr<Recording> (*record)(const Machine& machine);

  bool operator==(const Engine& other) const { return name == other.name; }
};

/// Closed forms. The other engines are in sim/engines.h.
Engine analytic();

struct EngineOptions {
  Engine engine = analytic();
  std::optional<std::uint64_t> stall_seed = {};  // cycle(): memory answers late at random
};

}  // namespace bitloom::sim
