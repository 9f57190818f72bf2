#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/choices.h"
#include "reports/results/verification_file.h"

namespace bitloom::pipelines {

/// A network's own tensors on images.
struct RealTensorChoice {
  std::string weights;  // calibrated, or to be calibrated at the bits that are chosen
  std::string data;     // data::make_dataset()
  std::optional<std::string> post_training = {};  // what chooses levels where they are calibrated
};

/// Layers of a network under its bits.
struct NetworkToVerify {
  NetworkChoice network;
  PolicyChoice policy = {};
  std::vector<std::string> layers = {};          // as select_layers() takes them; empty: all
  std::optional<RealTensorChoice> tensors = {};  // else random ones
};

struct VerifyOptions {
  HardwareChoice hardware;  // one image unless a batch is chosen
  std::optional<NetworkToVerify> network = {};
  std::optional<std::size_t> random = {};  // layers drawn at random; some without a network
  std::uint64_t seed = 1;                  // of random layers and tensors
  std::optional<std::string> trace = {};   // the core's waveform: a file that ends in .fst
  /// A folder with a changed copy of the RTL, or of some of its modules (rtl/verify/rtl_sources.h).
  std::optional<std::string> rtl = {};
  /// Where the waveform around the first mismatch goes, a file that ends in .fst. Nothing is
  /// written where all is equal, or where `trace` is given.
  std::optional<std::string> mismatch = {};
  /// Each layer that is right runs a second time, with streams that wait at random by this seed.
  std::optional<std::uint64_t> stall_seed = {};
  std::optional<std::string> dump = {};  // a folder for a testbench of the layers (core_dump.h)
};

struct Verification {
  reports::VerificationFile verdicts;
  double seconds = 0;                     // of the RTL's runs
  std::vector<std::string> written = {};  // what was written and what opens it, a line each
};

/// Runs a network's chosen layers, then random ones, on the Verilated RTL. Compares values with a
/// plain loop nest and, of a network's own tensors, with the integer engine; cycles with what the
/// engines say, or a single unit's with what the documentation does. Weights without integers, or
/// that are asked for at other bits, are calibrated first (calibrate_by_program()). A UserError
/// where the machine's family has no RTL, the RTL lacks what the machine has, or a layer cannot be
/// mapped onto it.
Verification verify(const VerifyOptions& options, const Host& host = {});

}  // namespace bitloom::pipelines
