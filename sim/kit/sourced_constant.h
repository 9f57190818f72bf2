#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/fields.h"

namespace bitloom {
class DocumentValue;
}

namespace bitloom::hardware {

/// A physical constant and where it comes from: a publication, a derivation from one, or
/// `assumption: ...`.
struct SourcedConstant {
  double value = 0;
  std::string source = {};
  std::optional<double> least = {}, most = {};  // what it may be by its source
};

constexpr RealRange kPicojoules{0, 1e6};
constexpr RealRange kMilliwatts{0, 1e6};

/// Shows what the energies are of, such as `45 nm ASIC`; empty: nobody says.
inline void show_technology(FieldVisitor& visitor, std::string& technology) {
  visitor.text({"technology", "", "what the energies are of: process, and ASIC or device"},
               technology);
}

/// The constants shown that `document` does not give, such as `static_mw`; with their section where
/// that is not `energy`.
std::vector<std::string> constants_left_out(const DocumentValue& document,
                                            const std::function<void(FieldVisitor&)>& show);

/// Refuses a constant of `document` whose bounds do not hold its value, at its place.
void check_bounds(const DocumentValue& document, const std::function<void(FieldVisitor&)>& show);

/// Shows a constant as a section of its value, its source and what bounds it.
inline void show_constant(FieldVisitor& visitor, const FieldInfo& info, RealRange range,
                          SourcedConstant& constant) {
  visitor.begin_section(info);
  visitor.real({"value", info.unit, "the figure", true}, range, constant.value);
  visitor.text({"source", "", "publication, derivation, or `assumption: why`", true},
               constant.source);
  visitor.optional_real({"least", info.unit, "the least that it may be, by its source"}, range,
                        constant.least);
  visitor.optional_real({"most", info.unit, "the most"}, range, constant.most);
  visitor.end_section();
}

}  // namespace bitloom::hardware
