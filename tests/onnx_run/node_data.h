#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace bitloom::testing {

/// How a test of ONNX's own data went.
struct NodeTest {
  enum class Outcome { kPassed, kFailed, kUnsupported };

  std::string name = {};
  std::set<std::string> operators = {};
  Outcome outcome = Outcome::kUnsupported;
  std::string why = {};
};

/// The folder of Debian's libonnx-testdata, or the one that BITLOOM_ONNX_TESTDATA names.
std::filesystem::path node_data_folder();

/// Runs the test in a folder: `model.onnx`, and inputs and outputs in `test_data_set_*`.
NodeTest run_node_test(const std::filesystem::path& folder);

}  // namespace bitloom::testing
