#include "pipelines/rtl/core_verification.h"

#include <filesystem>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "pipelines/rtl/core_dump.h"
#include "pipelines/rtl/core_making.h"
#include "pipelines/rtl/core_verdict.h"
#include "pipelines/rtl/core_workloads.h"
#include "pipelines/rtl/mismatch_waveform.h"
#include "pipelines/rtl/verdicts.h"
#include "rtl/verify/rtl_sources.h"

namespace bitloom::pipelines {
namespace {

void require_rtl_can_be(const hardware::Bismo& hardware) {
  constexpr std::int64_t kMostBits = 1 << 20;  // sixteen times the cloud's array
  if (hardware.peak_bit_macs_per_cycle() > kMostBits)
    throw UserError(fmt::format(
        "{}: an array of dm x dk x dn = {} bits is too large to be Verilated; at most {}",
        hardware.name, hardware.peak_bit_macs_per_cycle(), kMostBits));
  verify::parameters_of(hardware);  // before the workloads, which may take long
}

/// Descriptions that leave the pipeline out (0, as the published ones do) are compared with the
/// RTL's; one that states another is wrong of the RTL.
void take_pipeline(hardware::Bismo& hardware, const verify::Core& core) {
  if (hardware.pipeline_cycles != 0 && hardware.pipeline_cycles != core.pipeline_cycles())
    throw UserError(fmt::format(
        "{}: timing.pipeline_cycles is {}, the RTL's pipeline has {}: "
        "--set timing.pipeline_cycles={} tells the engines",
        hardware.name, hardware.pipeline_cycles, core.pipeline_cycles(), core.pipeline_cycles()));
  hardware.pipeline_cycles = core.pipeline_cycles();
}

/// The core's waveform, whole or not at all.
class Waveform {
 public:
  Waveform(verify::Core& core, const std::optional<std::string>& path) : core_(core), path_(path) {
    if (!path_) return;
    ensure(core_.trace(part_of(*path_)), "a core that was built to trace does");
  }
  /// Tells what was written.
  void finish(std::vector<std::string>& written) {
    if (!path_) return;
    core_.close_trace();
    std::filesystem::rename(part_of(*path_), *path_);
    written.push_back(
        fmt::format("written: {}, the waveform\nopen it: gtkwave {}", *path_, *path_));
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

void require_waveform(const char* option, const std::optional<std::string>& path) {
  if (path && !path->ends_with(".fst"))
    throw UserError(fmt::format("{} '{}': must end in .fst", option, *path));
}

/// That a waveform can be written is found before the work.
void require_writable(const std::optional<std::string>& path, const char* otherwise) {
  if (!path) return;
  try {
    OutputFile(*path).write("");
    OutputFile(part_of(*path)).write("");
  } catch (const UserError& refusal) {
    throw refusal.with_text(refusal.what() + std::string(otherwise));
  }
}

/// From little to much, by the layer; the instruction stream waits too in each third.
verify::Stalls stalls_of(std::uint64_t seed, std::size_t index) {
  const auto per_mille = static_cast<std::uint32_t>(100 + 200 * (index % 4));
  return {seed + index, per_mille, index % 3 == 2};
}

/// What is to be verified on what; judges a workload after the other.
class CoreVerification {
 public:
  CoreVerification(const VerifyOptions& options, const hardware::Bismo& hardware, const Host& host)
      : options_(options),
        hardware_(hardware),
        host_(host),
        workloads_(options, hardware, host),  // before a core is built: what is asked may be wrong
        tools_(core_tools(options, host)) {
    if (options.rtl)
      rtl_ = verify::own_rtl_text(verify::rtl_sources(tools_.rtl, tools_.own_rtl), *options.rtl);
    require_writable(options.trace, "");
    require_writable(options.mismatch, "; --mismatch FILE.fst names another place");
    if (options.dump) dump_.emplace(*options.dump, tools_);
    core_ = make_core(hardware_, tools_, host);
    take_pipeline(hardware_, *core_);
  }

  Verification run() {
    if (dump_) admit_layers();
    Waveform waveform(*core_, options_.trace);
    try {
      return run(waveform);
    } catch (const UserError& end) {
      throw end.with_text(end.what() + way_to_the_end(waveform));
    }
  }

 private:
  Verification run(Waveform& waveform) {
    const reports::VerificationFile of{.hardware = hardware_.name,
                                       .array = verify::array_text(core_->parameters()),
                                       .rtl = rtl_,
                                       .pipeline_cycles = core_->pipeline_cycles(),
                                       .described_pipeline_cycles = described_pipeline_cycles_,
                                       .batch = hardware_.batch,
                                       .seed = static_cast<std::int64_t>(options_.seed),
                                       .stall_seed = options_.stall_seed,
                                       .layers = {}};
    Verification verification =
        judged(of, workloads_.count(), host_, [&](std::size_t i) { return judge(i); });
    waveform.finish(verification.written);
    if (first_wrong_) verification.written.push_back(write_first_wrong());
    if (dump_) verification.written.push_back(dump_->write(core_->parameters()));
    return verification;
  }

  /// That the testbench would be too large is found before any layer runs.
  void admit_layers() {
    for (std::size_t i = 0; i < workloads_.layers(); ++i) admit(workloads_.make(i));
  }

  void admit(const verify::Workload& workload) {
    dump_->admit(workload.layer.name, schedule_of(workload, hardware_), core_->parameters());
  }

  /// Where a copy's own assertion ended the run: the waveform that shows how it came there.
  std::string way_to_the_end(Waveform& waveform) {
    std::vector<std::string> written;
    waveform.finish(written);
    if (!written.empty()) return "\n" + written.front();
    return core_->stop().empty() ? "" : "; --trace FILE.fst writes the waveform up to there";
  }

  reports::Verdict judge(std::size_t index) {
    const verify::Workload workload = workloads_.make(index);
    const mapping::Schedule schedule = schedule_of(workload, hardware_);
    if (dump_ && index >= workloads_.layers()) admit(workload);
    auto [verdict, mismatch] = judge_layer(*core_, workload, hardware_);
    verdict.has_more_bits = workloads_.has_more_bits(index);
    if (!mismatch && options_.stall_seed) {
      const Judgement stalled =
          judge_layer(*core_, workload, hardware_, stalls_of(*options_.stall_seed, index));
      verdict.values_equal = stalled.verdict.values_equal;
      verdict.complaint = stalled.verdict.complaint;
      mismatch = stalled.mismatch;
    }
    if (const auto sums = workloads_.integer_sums(index))
      compare_with_integers(workload, *sums, verdict);
    if (dump_) dump_->add(workload, schedule, core_->parameters(), verdict.systemc_cycles.value());
    if (mismatch && options_.mismatch && !options_.trace && !first_wrong_)
      first_wrong_.emplace(workload, *mismatch);
    return std::move(verdict);
  }

  std::string write_first_wrong() const {
    const auto& [workload, mismatch] = *first_wrong_;
    return write_mismatch(workload, hardware_, mismatch, *options_.mismatch, tools_, host_);
  }

  const VerifyOptions& options_;
  hardware::Bismo hardware_;
  const Host& host_;
  std::int64_t described_pipeline_cycles_ = hardware_.pipeline_cycles;
  CoreWorkloads workloads_;
  verify::CoreTools tools_;
  std::optional<std::string> rtl_;
  std::optional<CoreDump> dump_;
  std::unique_ptr<verify::Core> core_;
  std::optional<std::pair<verify::Workload, Mismatch>> first_wrong_;
};

}  // namespace

Verification verify_core(const VerifyOptions& options, const hardware::Bismo& hardware,
                         const Host& host) {
  require_waveform("--trace", options.trace);
  require_waveform("--mismatch", options.mismatch);
  require_rtl_can_be(hardware);
  return CoreVerification(options, hardware, host).run();
}

}  // namespace bitloom::pipelines
