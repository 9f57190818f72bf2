#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"

namespace bitloom::testing {

/// `command --network resnet20 --hardware hardware more..`
inline std::vector<std::string> on_resnet20(const std::string& command, const std::string& hardware,
                                            const std::vector<std::string>& more) {
  std::vector<std::string> all{command, "--network", "resnet20", "--hardware", hardware};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// What that command writes with `--json -`.
inline nlohmann::json json_on_resnet20(const std::string& command, const std::string& hardware,
                                       std::vector<std::string> more) {
  more.insert(more.end(), {"--json", "-"});
  const ProgramResult result = run_bitloom(on_resnet20(command, hardware, more));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return nlohmann::json::parse(result.out);
}

}  // namespace bitloom::testing
