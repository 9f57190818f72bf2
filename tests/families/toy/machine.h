#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/fields.h"
#include "base/quantity.h"
#include "sim/family.h"
#include "sim/kit/sourced_constant.h"

/// A hardware family of one folder: it multiplies so many numbers a cycle, whatever their bits, and
/// its memory is never late.
namespace bitloom::testing::toy {

struct Toy {
  static constexpr std::string_view kFamily = "toy";

  std::string name;
  std::string description;
  std::int64_t macs_per_cycle = 0;
  double clock_mhz = 0;
  std::int64_t batch = 1;
  hardware::SourcedConstant mac_pj;

  Megahertz clock() const { return Megahertz(clock_mhz); }
  std::int64_t peak_bit_macs_per_cycle() const { return macs_per_cycle * 64; }
  bool writes_back() const { return false; }
  void show(FieldVisitor& visitor);
  void check(const DocumentValue& document) const;
};

std::unique_ptr<sim::Machine> machine_of(Toy description);

/// The row of the families' table.
inline constexpr sim::Family kFamily{"toy", "multiplies a number of operands a cycle",
                                     [](const DocumentValue&) { return machine_of(Toy()); }};

}  // namespace bitloom::testing::toy
