#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitloom::data {

using Bytes = std::vector<std::uint8_t>;

/// All bytes of a regular file, read once; allocates no more than it holds. A UserError where it is
/// missing, a folder, a pipe or not readable.
Bytes read_file(const std::string& path);

}  // namespace bitloom::data
