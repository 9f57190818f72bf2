#pragma once

#include <functional>
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
};

constexpr RealRange kPicojoules{0, 1e6};
constexpr RealRange kMilliwatts{0, 1e6};

/// Whose a machine's energy constants are, as its file tells readers; what is empty nobody says.
struct EnergyOrigin {
  std::string technology = {};  // `45 nm ASIC`
  std::string within = {};      // what a total may be of what is told: `0.3 to 2.6 times`

  void show(FieldVisitor& visitor) {
    visitor.text({"technology", "", "what the energies are of: process, and ASIC or device"},
                 technology);
    visitor.text({"within", "", "what a total may be of what is told, such as 0.3 to 2.6 times"},
                 within);
  }
};

/// The constants shown that `document` does not give, such as `static_mw`; with their section where
/// that is not `energy`.
std::vector<std::string> constants_left_out(const DocumentValue& document,
                                            const std::function<void(FieldVisitor&)>& show);

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
