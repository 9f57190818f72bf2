#include "rtl/verify/core_builder.h"

#include <dlfcn.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/processes.h"
#include "base/temporary_file.h"
#include "rtl/verify/core_cache.h"
#include "rtl/verify/linked_cores.h"
#include "rtl/verify/rtl_sources.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFactory = "bitloom_make_core";
constexpr const char* kVerilatorFlags =
    "--cc -O3 --expand-limit 4096 --x-assign fast --x-initial fast --timescale 1ns/1ns "
    "-Wno-lint -Wno-WIDTHCONCAT "  // of ports beyond 8192 bits
    "--top-module bismo_core --prefix Vcore";
/// What a copy prints goes to standard error, and what would end the program ends the run.
constexpr const char* kCompilerFlags =
    "-std=c++20 -O2 -fPIC -fvisibility=hidden -w -pthread -DVM_COVERAGE=0 -DVM_SC=0 "
    "-DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL "
    "'-DVL_PRINTF(...)=fprintf(stderr, __VA_ARGS__)'";
constexpr const char* kTraceFlags = "-DVM_TRACE=1 -DVM_TRACE_FST=1";

std::string generics(const CoreParameters& p) {
  return fmt::format(
      "-GDm={} -GDk={} -GDn={} -GAccumulatorWidth={} -GActivationWords={} -GWeightWords={} "
      "-GActivationPortBits={} -GWeightPortBits={} -GResultPortBits={} -GCoefficientBits={}",
      p.dm, p.dk, p.dn, p.accumulator_bits, p.activation_words, p.weight_words,
      p.activation_port_bits, p.weight_port_bits, p.result_port_bits, p.coefficient_bits);
}

/// What the tools say of themselves, so that others under the same names build anew.
std::string versions_of(const CoreTools& tools) {
  const TemporaryFile answers(".txt");
  run_program(
      {"/bin/sh", "-c", fmt::format("{} --version; {} --version", tools.verilator, tools.compiler)},
      OutputToFile{answers.path(), true});
  return read_file(answers.path());
}

std::string key_of(const CoreParameters& parameters, const CoreTools& tools) {
  Fnv1a hash;
  const auto add = [&](const fs::path& file) {
    hash.add_part(file.filename().string());
    hash.add_part(read_file(file.string()));
  };
  const RtlSources sources = rtl_sources(tools.rtl, tools.own_rtl);
  for (const fs::path& file : sources.files) add(file);
  for (const fs::path& folder : sources.folders)  // what they include or name is among these
    for (const fs::path& file : design_files(folder)) add(file);
  for (const char* header : {"core.h", "verilated_core.h"})
    hash.add_part(read_file((tools.headers / "rtl/verify" / header).string()));
  for (const std::string& part :
       {generics(parameters), tools.verilator, tools.compiler, versions_of(tools),
        std::string(kVerilatorFlags), std::string(kCompilerFlags),
        std::string(tools.trace ? "trace" : "")})
    hash.add_part(part);
  return hash.text();
}

/// The line of a log that tells what went wrong: the first error that is more than a count, else
/// the first warning, which Verilator may end with, else what the shell says.
std::string telling_line(const std::string& log) {
  for (const char* mark : {"%Error", "USERERROR", "%Warning", "rror", "not found"}) {
    std::istringstream lines(log);
    for (std::string text; std::getline(lines, text);)
      if (text.find(mark) != std::string::npos && text.find("Exiting due to") == std::string::npos)
        return text;
  }
  return "it said nothing; is the disk full?";
}

/// Runs a shell command with its output in `log`; throws with the log's line that tells.
void run(const std::string& command, const fs::path& log, const std::string& what,
         const std::string& hint = "") {
  if (run_program({"/bin/sh", "-c", command}, OutputToFile{log.string(), true}).succeeded()) return;
  throw UserError(fmt::format("{} failed: {}{} (see {})", what,
                              telling_line(read_file(log.string())), hint, log.string()));
}

/// What Verilator's runtime calls where RTL ends a simulation.
constexpr const char* kStops = R"(
std::string& bitloom::verify::stop_text() {
  static std::string text;
  return text;
}
static void note(const char* what, const char* file, int line, const char* said) {
  std::string& text = bitloom::verify::stop_text();
  if (!text.empty()) return;
  text = std::string(file) + ":" + std::to_string(line) + ": " + what;
  if (said != nullptr && *said != 0) text += std::string(": ") + said;
}
void vl_finish(const char* file, int line, const char*) VL_MT_UNSAFE {
  note("$finish", file, line, nullptr);
}
void vl_stop(const char* file, int line, const char*) VL_MT_UNSAFE {
  note("$stop or $error", file, line, nullptr);
}
void vl_fatal(const char* file, int line, const char*, const char* message) VL_MT_UNSAFE {
  note("$fatal", file, line, message);
}
)";

std::string variant_source(const CoreParameters& p) {
  return fmt::format(
      "#include \"Vcore.h\"\n#include \"rtl/verify/verilated_core.h\"\n{}"
      "extern \"C\" __attribute__((visibility(\"default\"))) bitloom::verify::Core* {}() {{\n"
      "  using namespace bitloom::verify;\n"
      "  return new VerilatedCore<Vcore>(CoreParameters{{{}, {}, {}, {}, {}, {}, {}, {}, "
      "{}, {}}});\n}}\n",
      kStops, kFactory, p.dm, p.dk, p.dn, p.accumulator_bits, p.activation_words, p.weight_words,
      p.activation_port_bits, p.weight_port_bits, p.result_port_bits, p.coefficient_bits);
}

std::string compile_line(const CoreTools& tools) {
  const std::string runtime = fmt::format("$({} --getenv VERILATOR_ROOT)/include", tools.verilator);
  return fmt::format("{} {} {} -I{} -I{}/vltstd", tools.compiler, kCompilerFlags,
                     tools.trace ? kTraceFlags : "-DVM_TRACE=0", runtime, runtime);
}

void tell(const CoreTools& tools, const std::string& what) {
  if (tools.tell) tools.tell(what);
}

/// What the compiler says of a core whose ports are others.
std::string ports_hint(const CoreTools& tools) {
  return tools.own_rtl.empty() ? "" : "; bismo_core must keep the ports that rtl/bismo_core.sv has";
}

fs::path runtime_stem(const CoreTools& tools) {
  Fnv1a hash;
  hash.add_part(compile_line(tools));
  hash.add_part(versions_of(tools));
  return fs::absolute(tools.cache) / ("runtime-" + hash.text());
}

/// Verilator's own code as an archive, compiled once a cache.
fs::path runtime_library(const CoreTools& tools) {
  const fs::path stem = runtime_stem(tools);
  if (const auto kept = find_kept(stem, ".a")) return *kept;
  tell(tools, "compiling Verilator's runtime");
  const ScratchFolder scratch(stem);
  const fs::path log = stem.string() + ".log";
  const std::string folder = shell_word(scratch.path().string());
  const std::string runtime = fmt::format("$({} --getenv VERILATOR_ROOT)/include", tools.verilator);
  run(fmt::format("cd {0} && {1} -O1 -c {2}/verilated.cpp {2}/verilated_threads.cpp {3} && "
                  "ar rc runtime.a *.o",
                  folder, compile_line(tools), runtime,
                  tools.trace ? runtime + "/verilated_fst_c.cpp" : ""),
      log, "building Verilator's runtime: " + tools.compiler);
  fs::remove(log);
  return keep(scratch.path() / "runtime.a", stem, ".a");
}

fs::path build(const CoreParameters& parameters, const CoreTools& tools, const fs::path& stem) {
  const ScratchFolder scratch(stem);
  const fs::path log = stem.string() + ".log";
  const std::string name = "building a core of " + array_text(parameters);
  const RtlSources rtl = rtl_sources(tools.rtl, tools.own_rtl);
  std::string sources;
  for (const fs::path& file : rtl.files) sources += " " + shell_word(file.string());
  for (const fs::path& own : rtl.folders) sources += " -y " + shell_word(own.string());
  const std::string folder = shell_word(scratch.path().string());
  tell(tools, fmt::format("Verilator translates a core of {}", array_text(parameters)));
  run(fmt::format("{} {} {} {} {} --Mdir {}{}", tools.verilator, kVerilatorFlags,
                  tools.own_rtl.empty() ? "--noassert" : "--assert", generics(parameters),
                  tools.trace ? "--trace-fst" : "", folder, sources),
      log, name + ": " + tools.verilator);
  const fs::path runtime = runtime_library(tools);
  tell(tools, fmt::format("compiling a core of {}", array_text(parameters)));
  std::ofstream variant(scratch.path() / "variant.cpp");
  for (const fs::path& file : files_with(scratch.path(), ".cpp"))  // one unit compiles fastest
    if (file.stem() != "variant") variant << "#include \"" << file.filename().string() << "\"\n";
  variant << variant_source(parameters) << std::flush;
  run(fmt::format("cd {} && {} -shared -Wl,-Bsymbolic -I. -I{} variant.cpp {} {} -o core.so",
                  folder, compile_line(tools), shell_word(fs::absolute(tools.headers).string()),
                  shell_word(runtime.string()), tools.trace ? "-lz" : ""),
      log, name + ": " + tools.compiler, ports_hint(tools));
  fs::remove(log);
  return keep(scratch.path() / "core.so", stem, ".so");
}

/// The library stays loaded to the program's end: the core's code is in it.
std::unique_ptr<Core> load(const fs::path& library) {
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw UserError(fmt::format("{}: {}", library.string(), dlerror()));
  const auto make = reinterpret_cast<Core* (*)()>(dlsym(handle, kFactory));
  if (make == nullptr) throw UserError(fmt::format("{}: holds no core", library.string()));
  return std::unique_ptr<Core>(make());
}

}  // namespace

/// Fitted to g++ 12 and Verilator 5.006, seconds of one processor: 2x8x2 takes 2.2, 8x64x8 7.3,
/// 8x256x8 9.9; with waveforms 3.6, 16.6, 18.6; Verilator's runtime 6.7 and 13.3.
double estimated_seconds(const CoreParameters& p, bool trace, bool first) {
  constexpr double kStart = 2, kUnit = 0.07, kUnitBit = 0.00023, kRuntime = 7, kTraced = 2;
  const double units = static_cast<double>(p.dm * p.dn);
  const double seconds =
      kStart + units * (kUnit + kUnitBit * static_cast<double>(p.dk)) + (first ? kRuntime : 0);
  return trace ? kTraced * seconds : seconds;
}

std::vector<std::string> keys_without_rtl(const hardware::Bismo& hw) {
  const std::pair<bool, const char*> keys[] = {
      {hw.dram.has_value(), "dram"},
      {hw.memory_latency_cycles != 0, "timing.memory_latency_cycles"},
      {hw.write_back != hardware::WriteBack::kNone, "ports.write_back"},
      {hw.fetch_sync != hardware::FetchSync::kPlane, "timing.fetch_sync"},
      {hw.overlap, "timing.overlap"},
      {hw.fetch_issue_cycles > 0, "timing.fetch_issue_cycles"},
      {hw.execute_issue_cycles > 0, "timing.execute_issue_cycles"},
      {hw.result_issue_cycles > 0, "timing.result_issue_cycles"},
      {hw.layout.im2col != hardware::Im2col::kHost || hw.layout.converts(), "layout"}};
  std::vector<std::string> without;
  for (const auto& [given, key] : keys)
    if (given) without.emplace_back(key);
  return without;
}

CoreParameters parameters_of(const hardware::Bismo& hw) {
  if (const auto keys = keys_without_rtl(hw); !keys.empty())
    throw unsupported(fmt::format("{}: the RTL has no {}: verify the machine without, by --set {}=",
                                  hw.name, fmt::join(keys, ", "), fmt::join(keys, "= --set ")));
  CoreParameters parameters{.dm = hw.dm,
                            .dk = hw.dk,
                            .dn = hw.dn,
                            .accumulator_bits = hw.accumulator_bits,
                            .activation_words = hw.activation_buffer_words,
                            .weight_words = hw.weight_buffer_words,
                            .activation_port_bits = hw.activation_port_bits,
                            .weight_port_bits = hw.weight_port_bits,
                            .result_port_bits = hw.result_port_bits,
                            .coefficient_bits = hw.code_bits()};
  if (hw.result_beats() == 1) parameters.result_port_bits = parameters.tile_bits();
  return parameters;
}

std::string array_text(const CoreParameters& p) {
  return fmt::format("{}x{}x{}", p.dm, p.dk, p.dn);
}

std::unique_ptr<Core> build_core(const CoreParameters& parameters, const CoreTools& tools) {
  fs::create_directories(tools.cache);
  remove_abandoned(tools.cache);
  const fs::path stem =
      fs::absolute(tools.cache) /
      fmt::format("core-{}-{}", array_text(parameters), key_of(parameters, tools));
  if (const auto kept = find_kept(stem, ".so")) return load(*kept);
  if (tools.begin) {
    const bool first = !find_kept(runtime_stem(tools), ".a");
    tools.begin(estimated_seconds(parameters, tools.trace, first));
  }
  return load(build(parameters, tools, stem));
}

std::unique_ptr<Core> core_for(const CoreParameters& parameters, const CoreTools& tools) {
  if (!tools.trace && tools.own_rtl.empty())
    for (const LinkedCore& linked : shipped_cores())
      if (linked.parameters == parameters) return linked.make(parameters);
  return build_core(parameters, tools);
}

}  // namespace bitloom::verify
