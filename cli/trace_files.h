#pragma once

#include <string>
#include <vector>

#include "base/output_file.h"
#include "reports/simulation.h"
#include "sim/simulator.h"

namespace bitloom::cli {

/// `--trace FILE.vcd`: the cycle engine's stages and tokens, as a value change dump and, beside it
/// in FILE.txt, as a timeline that can be read.
class TraceFiles {
 public:
  /// Opens both files.
  explicit TraceFiles(const std::string& path);
  /// Runs the layers one after the other, recording, and writes what was recorded. A UserError
  /// where the engine has no stages, or the layers are too much to record.
  std::vector<sim::LayerResult> record(const reports::Simulation& asked,
                                       const hardware::Bismo& hardware,
                                       const sim::EngineOptions& engine);

  /// Gives the files their names.
  void finish();

  /// `t.vcd` -> `t.txt`: where the timeline goes. A UserError where the name does not end in .vcd.
  static std::string timeline_path(const std::string& path);

 private:
  OutputFile waveform_;
  OutputFile timeline_;
};

}  // namespace bitloom::cli
