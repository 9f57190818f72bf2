#include "pipelines/rtl/mismatch_waveform.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "rtl/verify/layer_run.h"
#include "rtl/verify/traced_window.h"

namespace bitloom::pipelines {
namespace {

constexpr std::int64_t kBefore = 1000, kAfter = 50;  // cycles around a mismatch

}  // namespace

std::string write_mismatch(const verify::Workload& workload, const hardware::Bismo& hardware,
                           const Mismatch& mismatch, const std::string& path,
                           verify::CoreTools tools, const Host& host) {
  tools.trace = true;
  const auto core = make_core(hardware, tools, host);
  while (core->waveform_time() < mismatch.reset_time) core->clock({});
  const verify::Window window{std::max<std::int64_t>(0, mismatch.clock - kBefore),
                              mismatch.clock + kAfter, mismatch.clock};
  const std::string part = part_of(path);
  verify::TracedWindow traced(*core, part, window);
  const Step step(host, "waveform", {}, "running the layer again for its waveform");
  const verify::LayerRun run =
      verify::run_layer(traced, workload, schedule_of(workload, hardware),
                        verify::reference_outputs(workload), mismatch.stalls);
  core->close_trace();
  const bool again = !mismatch.of_values || run.first_wrong || run.stuck;
  if (!again || !std::filesystem::exists(part)) {
    std::filesystem::remove(part);
    return fmt::format("no waveform: {} alone, from reset, is right; --trace FILE.fst writes all",
                       workload.layer.name);
  }
  std::filesystem::rename(part, path);
  const std::int64_t first = std::max<std::int64_t>(0, window.first - run.first_clock);
  const std::int64_t last = std::min(window.last, run.clocks - 1) - run.first_clock;
  const std::int64_t wrong = mismatch.clock - run.first_clock;
  return fmt::format(
      "written: {}, the waveform of cycles {} to {} of {}\n"
      "the mismatch is in cycle {}, at time {}\n"
      "open it: gtkwave {}",
      path, first, last, workload.layer.name, wrong, traced.marked_time(), path);
}

}  // namespace bitloom::pipelines
