#pragma once

#include "reports/results/costs.h"

namespace bitloom {
class JsonValue;
}

/// `verify --json`, a run's `verify.json`.
namespace bitloom::reports {

/// What running a layer on the Verilated RTL showed, beside what the engines say of it.
struct Verdict {
  LayerBits bits;
  std::string codes;  // weights' and activations' codings: `signed/unsigned`
  std::int64_t values = 0;
  bool values_equal = false;
  std::int64_t rtl_cycles = 0;
  std::optional<std::int64_t> analytic_cycles = {}, systemc_cycles = {};
  bool has_more_bits = false;  // of activations than the network's, which `simulate` counts
  bool passed = false;
  std::string complaint = {};  // the first mismatch; empty where all is equal
};

struct VerificationFile {
  std::int64_t schema = 1;
  std::string hardware;
  std::string array;                           // `8 x 256 x 8`, or `fusion unit`
  std::optional<std::string> rtl = {};         // whose it is, where it is not the project's
  std::int64_t pipeline_cycles = 0;            // of the RTL, and of the engines beside it
  std::int64_t described_pipeline_cycles = 0;  // of the description, with which `simulate` prices
  std::int64_t batch = 1, seed = 1;
  std::optional<std::int64_t> described_batch = {};  // that `simulate` prices, of a network
  std::optional<std::uint64_t> stall_seed = {};      // of a second run, with streams that wait
  bool passed = false;
  std::vector<Verdict> layers;
};

std::string json_text(const VerificationFile& verification);
VerificationFile read_verification(const JsonValue& json);

}  // namespace bitloom::reports
