#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace bitloom::testing {

/// The folder of real data and weights, which is no part of the project: BITLOOM_DATA, or
/// ../shared/data beside the project. Tests that need it skip where it is absent.
inline std::optional<std::filesystem::path> data_folder() {
  const char* named = std::getenv("BITLOOM_DATA");
  const std::filesystem::path folder =
      named ? std::filesystem::path(named)
            : std::filesystem::path(BITLOOM_SOURCE_DIR) / "../shared/data";
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

}  // namespace bitloom::testing
