#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/fields.h"
#include "sim/hardware.h"

namespace bitloom::hardware {

/// What a key of a description takes.
struct KeyInfo {
  enum class Kind {
    kInteger,
    kReal,
    kBoolean,
    kChoice,
    kText,
    kSection,  // one that a file may write out or name, such as `dram`, and that this one lacks
  };
  Kind kind;
  std::size_t place = 0;  // among the fields, in the order in which they are shown
  IntegerRange integers = {};
  RealRange reals = {};
  std::vector<std::string> names = {};  // of a choice

  bool is_number() const { return kind <= Kind::kBoolean; }
};

/// Every key of the description, by its dotted path. A section is one where the description lacks
/// it, or where it may be named instead of being written out.
std::map<std::string, KeyInfo> keys_of(Hardware hardware);

/// A field, by its place, that gets another value: of a choice its index, of a boolean 0 or 1.
struct FieldValue {
  std::size_t place;
  double value;
};

/// Sets fields of the description, which are in the order of their places. Nothing is checked.
void set_fields(Hardware& hardware, const std::vector<FieldValue>& values);

/// The number that a field has, by its place: of a choice its index.
std::vector<double> numbers_of(const Hardware& hardware, const std::vector<std::size_t>& places);

}  // namespace bitloom::hardware
