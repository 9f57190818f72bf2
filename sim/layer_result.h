#pragma once

#include <cstring>
#include <string>
#include <type_traits>

#include "base/error.h"
#include "sim/kit/layer_cost.h"

namespace bitloom::sim {

/// What only the machine's family knows of a priced layer: a plain struct of the family's, kept as
/// its bytes, so that it can come from a worker process. Only the family looks into it.
class Details {
 public:
  Details() = default;
  template <class Value>
  requires std::is_trivially_copyable_v<Value>
  explicit Details(const Value& value)
      : bytes_(reinterpret_cast<const char*>(&value), sizeof value) {}

  /// The struct that it was made from; `Value` is its type.
  template <class Value>
  requires std::is_trivially_copyable_v<Value> Value as()
  const {
    ensure(bytes_.size() == sizeof(Value), "details are read by the family that wrote them");
    Value value;
    std::memcpy(static_cast<void*>(&value), bytes_.data(), sizeof value);
    return value;
  }

  const std::string& bytes() const { return bytes_; }
  static Details of_bytes(std::string bytes) {
    Details details;
    details.bytes_ = std::move(bytes);
    return details;
  }

 private:
  std::string bytes_;
};

struct LayerResult {
  cost::LayerCost cost;
  Details details = {};
};

}  // namespace bitloom::sim
