#include "pipelines/rtl/core_dump.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/output_file.h"
#include "base/processes.h"
#include "base/quantity.h"
#include "rtl/verify/rtl_sources.h"

namespace bitloom::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr const char* kReadme = "README.txt";  // the first file, by which a dump is known again
constexpr const char* kTitle = "A testbench of bitloom's core";
constexpr std::int64_t kMostBytes = std::int64_t{32} << 20;  // of all files with numbers

std::string size_text(std::int64_t bytes) {
  return bytes < 1 << 20 ? fmt::format("{} KiB", ceil_div(bytes, 1 << 10))
                         : fmt::format("{} MiB", ceil_div(bytes, 1 << 20));
}

/// The command line that runs the testbench, in its folder.
std::string run_line(const verify::CoreTools& tools) {
  std::string line = "verilator --binary -O3 -Wno-lint -Wno-WIDTHCONCAT --top-module testbench";
  if (!tools.own_rtl.empty()) line += " -y " + shell_word(fs::absolute(tools.own_rtl).string());
  line += " -y " + shell_word(fs::absolute(tools.rtl).string());
  // Packages are found by no name: they are read before what imports them.
  for (const std::string& package : verify::rtl_sources(tools.rtl, tools.own_rtl).packages)
    line += " " + shell_word(fs::absolute(tools.own_rtl / package).string());
  return line + " testbench.sv && obj_dir/Vtestbench";
}

std::string readme_text(const std::string& run) {
  return std::string(kTitle) + ", with stimulus and expected results. Run it here:\n\n    " + run +
         "\n\nIt ends with PASS or FAIL. It was tried with Verilator; other simulators of "
         "SystemVerilog\nneed delays, and unsigned parameters (int unsigned).\n\n"
         "testbench.sv   streams a layer's files through the core and compares\n"
         "instance.svh   the machine's parameters, a signal for each port, an instance: take it\n"
         "               into a design of your own\n"
         "layers.svh     the layers, their cycles by bitloom's engines\n"
         "N_LAYER/       instructions, beats of activations and of weights, and for each tile its\n"
         "               place and its accumulators: a hexadecimal number a line ($readmemh)\n";
}

bool is_dump(const fs::path& folder) {
  const fs::path readme = folder / kReadme;
  std::error_code error;
  return fs::exists(readme, error) && read_file(readme.string()).starts_with(kTitle);
}

}  // namespace

CoreDump::CoreDump(const std::string& folder, const verify::CoreTools& tools)
    : folder_(folder), tools_(tools) {
  std::error_code error;
  if (fs::exists(folder_, error) && !is_dump(folder_) &&
      !(fs::is_directory(folder_, error) && fs::is_empty(folder_, error)))
    throw UserError(
        fmt::format("--dump: {}: is there, and is no folder of a dump: name another", folder));
  fs::create_directories(folder_, error);
  if (error) throw UserError(fmt::format("--dump: {}: {}", folder, error.message()));
}

void CoreDump::admit(const std::string& layer, const mapping::Schedule& schedule,
                     const verify::CoreParameters& core) {
  admitted_bytes_ += verify::dump_bytes(schedule, core);
  if (admitted_bytes_ <= kMostBytes) return;
  throw UserError(fmt::format(
      "--dump: with layer '{}' the files would hold {}, at most {}: choose smaller or fewer "
      "layers with --layers",
      layer, size_text(admitted_bytes_), size_text(kMostBytes)));
}

void CoreDump::add(const verify::Workload& workload, const mapping::Schedule& schedule,
                   const verify::CoreParameters& core, std::int64_t cycles) {
  layers_.push_back(
      {verify::folder_name(layers_.size(), workload.layer.name),
       verify::dump_layer(workload, schedule, core, verify::reference_outputs(workload)), cycles});
  bytes_ += layers_.back().dump.bytes();
}

std::string CoreDump::write(const verify::CoreParameters& core) const {
  const std::string run = run_line(tools_);
  write_file((folder_ / kReadme).string(), readme_text(run));
  verify::write_testbench(folder_, tools_.rtl / "testbench" / "testbench.sv", core, layers_);
  return fmt::format("written: {}, a testbench of {} {}, {}\nrun it: cd {} && {}", folder_.string(),
                     layers_.size(), layers_.size() == 1 ? "layer" : "layers", size_text(bytes_),
                     shell_word(folder_.string()), run);
}

}  // namespace bitloom::pipelines
