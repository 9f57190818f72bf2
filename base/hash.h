#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bitloom {

/// FNV-1a of 64 bits (Fowler, Noll, Vo): tells that bytes have changed. Whoever wants two
/// inputs of the same hash finds them.
class Fnv1a {
 public:
  /// Hashes on with `bytes`: two calls are the same as one with both.
  Fnv1a& add(std::string_view bytes);
  /// Hashes on with `part` and an end that no UTF-8 text holds: "a" and "bc" differ from "ab" and
  /// "c".
  Fnv1a& add_part(std::string_view part);
  std::uint64_t value() const { return value_; }
  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace bitloom
