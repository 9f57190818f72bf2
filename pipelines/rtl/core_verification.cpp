#include "pipelines/rtl/core_verification.h"

#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "pipelines/rtl/core_verdict.h"
#include "pipelines/rtl/core_workloads.h"
#include "pipelines/rtl/verdicts.h"
#include "rtl/verify/core_builder.h"

namespace bitloom::pipelines {
namespace {

void require_rtl_can_be(const hardware::Bismo& hardware) {
  constexpr std::int64_t kMostBits = 1 << 20;  // sixteen times the cloud's array
  if (hardware.peak_bit_macs_per_cycle() > kMostBits)
    throw UserError(fmt::format(
        "{}: an array of dm x dk x dn = {} bits is too large to be Verilated; at most {}",
        hardware.name, hardware.peak_bit_macs_per_cycle(), kMostBits));
  if (hardware.memory_latency_cycles != 0)
    throw UserError(fmt::format(
        "{}: timing.memory_latency_cycles is {}; the RTL is driven by streams and has no "
        "memory: set it to 0 to verify",
        hardware.name, hardware.memory_latency_cycles));
  if (hardware.dram)
    throw UserError(fmt::format(
        "{}: has a section dram; the RTL is driven by streams and has no memory: verify it without",
        hardware.name));
}

/// The folder that holds `rtl/`, for cores that are not linked in.
std::filesystem::path rtl_source_folder() {
  if (const auto core = shipped("rtl/bismo_core.sv")) return core->parent_path().parent_path();
  throw UserError("the folder rtl is not beside the program");
}

std::unique_ptr<verify::Core> make_core(const hardware::Bismo& hardware, bool trace,
                                        const Host& host) {
  const Step step(host, "verify", {},
                  "preparing the core; one that is not built in takes some seconds once");
  const std::filesystem::path sources = rtl_source_folder();
  const std::filesystem::path cache = host.cache_folder.empty()
                                          ? std::filesystem::temp_directory_path() / "bitloom"
                                          : host.cache_folder;
  try {
    return verify::core_for(verify::parameters_of(hardware), {.rtl = sources / "rtl",
                                                              .headers = sources,
                                                              .cache = cache / "cores",
                                                              .verilator = "verilator",
                                                              .compiler = "c++",
                                                              .trace = trace});
  } catch (const std::filesystem::filesystem_error& unusable) {
    throw UserError(fmt::format("{}: cannot keep cores there: {}", unusable.path1().string(),
                                unusable.code().message()));
  }
}

/// Descriptions that leave the pipeline out (0, as the published ones do) are compared with the
/// RTL's; one that states another is wrong of the RTL.
void take_pipeline(hardware::Bismo& hardware, const verify::Core& core) {
  if (hardware.pipeline_cycles != 0 && hardware.pipeline_cycles != core.pipeline_cycles())
    throw UserError(fmt::format("{}: timing.pipeline_cycles is {}, the RTL's pipeline has {}",
                                hardware.name, hardware.pipeline_cycles, core.pipeline_cycles()));
  hardware.pipeline_cycles = core.pipeline_cycles();
}

/// The core's waveform, whole or not at all.
class Waveform {
 public:
  Waveform(verify::Core& core, const std::optional<std::string>& path) : core_(core), path_(path) {
    if (!path_) return;
    OutputFile(*path_).write("");  // that it can be written is found before the work
    ensure(core_.trace(*path_ + ".part"), "a core that was built to trace does");
  }
  void finish() {
    if (!path_) return;
    core_.close_trace();
    std::filesystem::rename(*path_ + ".part", *path_);
  }

 private:
  verify::Core& core_;
  std::optional<std::string> path_;
};

/// The integer engine's sums are the reference's, too.
void compare_with_integers(const verify::Workload& workload, const std::vector<std::int64_t>& sums,
                           reports::Verdict& verdict) {
  if (verify::reference_outputs(workload) == sums) return;
  verdict.values_equal = false;
  if (verdict.complaint.empty())
    verdict.complaint = fmt::format("{}: the integer engine sums otherwise", workload.layer.name);
}

}  // namespace

Verification verify_core(const VerifyOptions& options, hardware::Bismo hardware, const Host& host) {
  if (options.trace && !options.trace->ends_with(".fst"))
    throw UserError(fmt::format("--trace '{}': must end in .fst", *options.trace));
  require_rtl_can_be(hardware);
  CoreWorkloads workloads(options, hardware);  // before a core is built: what is asked may be wrong
  const std::unique_ptr<verify::Core> core = make_core(hardware, options.trace.has_value(), host);
  const std::int64_t described_pipeline_cycles = hardware.pipeline_cycles;
  take_pipeline(hardware, *core);
  Waveform waveform(*core, options.trace);
  const Verification verification = judged({.hardware = hardware.name,
                                            .array = verify::array_text(core->parameters()),
                                            .pipeline_cycles = core->pipeline_cycles(),
                                            .described_pipeline_cycles = described_pipeline_cycles,
                                            .batch = hardware.batch,
                                            .seed = static_cast<std::int64_t>(options.seed),
                                            .layers = {}},
                                           workloads.count(), host, [&](std::size_t i) {
                                             const verify::Workload workload = workloads.make(i);
                                             reports::Verdict verdict =
                                                 judge_layer(*core, workload, hardware);
                                             if (const auto* sums = workloads.integer_sums(i))
                                               compare_with_integers(workload, *sums, verdict);
                                             return verdict;
                                           });
  waveform.finish();
  return verification;
}

}  // namespace bitloom::pipelines
