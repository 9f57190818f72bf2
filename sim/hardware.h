#pragma once

#include <variant>

#include "base/document.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bitfusion/description.h"

namespace bitloom::hardware {

/// A machine of any family. `visit` tells the families apart; the rest is what they share.
class Hardware {
 public:
  Hardware(Bismo machine) : machine_(std::move(machine)) {}
  Hardware(BitFusion machine) : machine_(std::move(machine)) {}

  const std::string& name() const;
  const std::string& description() const;
  Megahertz clock() const;
  std::int64_t batch() const;
  double peak_binary_tops() const;
  /// Whether what a layer computes goes to DRAM, and is priced.
  bool writes_back() const;
  void set_name(const std::string& name);
  void set_batch(std::int64_t batch);
  /// Shows every field, in the order of the YAML file.
  void show(FieldVisitor& visitor);
  /// Refuses fields that do not go together, at their place in `document`.
  void check(const DocumentValue& document) const;

  /// `visitor(const Bismo&)` or `visitor(const BitFusion&)`.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), machine_);
  }
  /// The machine itself; a UserError where it is of another family.
  Bismo bismo() const;
  BitFusion bitfusion() const;

 private:
  std::variant<Bismo, BitFusion> machine_;
};

}  // namespace bitloom::hardware
