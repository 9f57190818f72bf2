#pragma once

#include <string>

#include "base/fields.h"

namespace bitloom::hardware {

/// A physical constant and where it comes from: a publication, a derivation from one, or
/// `assumption: ...`.
struct SourcedConstant {
  double value = 0;
  std::string source = {};
};

constexpr RealRange kPicojoules{0, 1e6};
constexpr RealRange kMilliwatts{0, 1e6};

/// Shows a constant as a section of its value and its source.
inline void show_constant(FieldVisitor& visitor, const FieldInfo& info, RealRange range,
                          SourcedConstant& constant) {
  visitor.begin_section(info);
  visitor.real({"value", info.unit, "the figure", true}, range, constant.value);
  visitor.text({"source", "", "publication, derivation, or `assumption: why`", true},
               constant.source);
  visitor.end_section();
}

}  // namespace bitloom::hardware
