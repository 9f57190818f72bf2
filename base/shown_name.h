#pragma once

#include <string>
#include <string_view>

namespace bitloom {

/// The name of a tensor, a layer or a node as an error shows it: up to 200 bytes, cut between
/// characters, and `...` where there are more. Longer than an excerpt() of any text, as names that
/// begin alike differ only at their ends.
inline std::string shown_name(std::string_view name) {
  constexpr std::size_t kMostBytes = 200;
  constexpr unsigned char kContinuationMask = 0xc0, kContinuation = 0x80;
  if (name.size() <= kMostBytes) return std::string(name);
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & kContinuationMask) == kContinuation)
    --end;
  return std::string(name.substr(0, end)) + "...";
}

}  // namespace bitloom
