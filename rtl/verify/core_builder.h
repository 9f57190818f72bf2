#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "rtl/verify/core.h"
#include "sim/families/bismo/description.h"

namespace bitloom::verify {

/// Where cores are built from, with what, and where they are kept.
struct CoreTools {
  std::filesystem::path rtl;      // folder of bismo_core.sv and its modules
  std::filesystem::path headers;  // folder that holds rtl/verify/*.h
  std::filesystem::path cache;    // made if missing
  std::string verilator = "verilator";
  std::string compiler = "c++";
  bool trace = false;  // cores that can write waveforms; slower
  /// A changed copy of `rtl`, or of some of its files: they take the places of those
  /// (rtl_sources.h).
  std::filesystem::path own_rtl = {};
  /// Hears how many seconds of a processor a build takes, more or less, before it begins.
  std::function<void(double)> begin = {};
  std::function<void(const std::string&)> tell = {};  // hears of each stage of a build
};

/// A core for any parameters: one that is linked in (not with `trace` or `own_rtl`), else one from
/// the cache, else one that is Verilated, compiled into the cache and loaded, which takes seconds.
/// Its key is a hash of RTL, harness headers, parameters, and the tools with their versions; a
/// damaged one is built again, and what killed builds left is removed. A UserError tells which tool
/// failed and where its log lies.
std::unique_ptr<Core> core_for(const CoreParameters& parameters, const CoreTools& tools);

/// Seconds of a processor that building a core takes, more or less; with `first` Verilator's
/// runtime is compiled too.
double estimated_seconds(const CoreParameters& parameters, bool trace, bool first);

/// core_for() without the linked cores.
std::unique_ptr<Core> build_core(const CoreParameters& parameters, const CoreTools& tools);

/// The keys of a description that say what the RTL does not have: it is driven by streams, without
/// a memory, and knows the default of each knob.
std::vector<std::string> keys_without_rtl(const hardware::Bismo& hardware);

/// The core of a hardware description, none of keys_without_rtl(); a result port of 0 bits, or
/// wider than a tile, is as wide as a tile, so that it never holds the array back.
CoreParameters parameters_of(const hardware::Bismo& hardware);

/// `8x256x8`.
std::string array_text(const CoreParameters& parameters);

}  // namespace bitloom::verify
