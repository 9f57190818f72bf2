#pragma once

#include <compare>
#include <cstdint>

namespace bitloom {

/// A number with a unit. Quantities of the same unit add and compare; a plain number scales them;
/// anything else does not compile. `count()` leaves the unit behind and names the place where.
template <class Tag, class Rep>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep count) : count_(count) {}
  constexpr Rep count() const { return count_; }
  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity& operator+=(Quantity other) { return count_ += other.count_, *this; }
  constexpr Quantity& operator-=(Quantity other) { return count_ -= other.count_, *this; }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, Rep factor) {
    return Quantity(a.count_ * factor);
  }
  friend constexpr Quantity operator*(Rep factor, Quantity a) { return a * factor; }

 private:
  Rep count_{};
};

using Cycles = Quantity<struct CyclesTag, std::int64_t>;
using Bits = Quantity<struct BitsTag, std::int64_t>;
using Bytes = Quantity<struct BytesTag, std::int64_t>;
using Macs = Quantity<struct MacsTag, std::int64_t>;
using BitOps = Quantity<struct BitOpsTag, std::int64_t>;
using Picojoules = Quantity<struct PicojoulesTag, double>;
using Megahertz = Quantity<struct MegahertzTag, double>;
using Milliseconds = Quantity<struct MillisecondsTag, double>;

/// Time that `cycles` take at `clock`: cycles / (clock * 1e3) milliseconds.
constexpr Milliseconds runtime(Cycles cycles, Megahertz clock) {
  return Milliseconds(static_cast<double>(cycles.count()) / (clock.count() * 1e3));
}

/// Whole bytes that hold `bits`.
constexpr Bytes bytes_holding(Bits bits) { return Bytes((bits.count() + 7) / 8); }

/// ceil(numerator / denominator) for non-negative numerators and positive denominators.
constexpr std::int64_t ceil_div(std::int64_t numerator, std::int64_t denominator) {
  return (numerator + denominator - 1) / denominator;
}

}  // namespace bitloom
