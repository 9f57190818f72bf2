#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bitloom::testing {

/// A safetensors file of these parts, whatever they say.
inline std::string raw_safetensors(std::string_view header, std::string_view data,
                                   std::int64_t more_header_bytes = 0) {
  const std::uint64_t length = header.size() + static_cast<std::uint64_t>(more_header_bytes);
  std::string file(sizeof length, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  return file.append(header).append(data);
}

}  // namespace bitloom::testing
