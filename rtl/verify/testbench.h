#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rtl/verify/core.h"
#include "rtl/verify/layer_dump.h"

namespace bitloom::verify {

/// A layer as a testbench runs it.
struct DumpedLayer {
  std::string folder;  // of its files, below the testbench's
  LayerDump dump;
  std::int64_t cycles = 0;  // expected
};

/// `3_layer1.0.conv1`: a folder's name for layer `index`, of letters, digits, `.`, `-` and `_`.
std::string folder_name(std::size_t index, const std::string& layer);

/// bismo_core with the parameters of `core`: localparams, a signal for each port, an instance.
std::string instance_text(const CoreParameters& core);

/// Writes testbench.sv, a copy of `testbench`, and all that it reads into `folder`, which is made;
/// the layers of an earlier one there are taken away.
void write_testbench(const std::filesystem::path& folder, const std::filesystem::path& testbench,
                     const CoreParameters& core, const std::vector<DumpedLayer>& layers);

}  // namespace bitloom::verify
