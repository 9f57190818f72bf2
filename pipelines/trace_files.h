#pragma once

#include <string>
#include <vector>

#include "base/output_file.h"
#include "pipelines/host.h"
#include "reports/simulation.h"
#include "sim/simulator.h"

namespace bitloom::pipelines {

/// The files that a trace goes to.
struct TracePaths {
  std::string waveform;  // a value change dump
  std::string timeline;  // text
};

/// The cycle engine's stages and tokens, as a value change dump and as a timeline that can be read.
class TraceFiles {
 public:
  /// Opens both files.
  explicit TraceFiles(const TracePaths& paths);
  /// Runs the layers one after the other, recording, and writes what was recorded. A UserError
  /// where the engine has no stages, or the layers are too much to record.
  std::vector<sim::LayerResult> record(const reports::Simulation& asked,
                                       const hardware::Hardware& hardware,
                                       const sim::EngineOptions& engine, const Host& host);

  /// Gives the files their names.
  void finish();

 private:
  OutputFile waveform_;
  OutputFile timeline_;
};

}  // namespace bitloom::pipelines
