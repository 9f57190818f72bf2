#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "models/graph/layer_shape.h"
#include "models/graph/parameter.h"
#include "models/graph/shape.h"

namespace bitloom::integer {
class Lowering;
}

namespace bitloom::graph {

/// How many inputs an operator takes.
struct Arity {
  std::size_t least = 1;
  std::size_t most = 1;
};
constexpr std::size_t kAnyNumber = SIZE_MAX;

/// Whether an operator's values can be negative: whatever it reads, never, or where an input is.
enum class Sign { kAny, kNeverNegative, kAsInputs };

/// The rules of an operator, called with its attributes. models/operators has a struct of
/// attributes for each operator, whose members the rules are:
///
///     static constexpr Arity kArity;                    checked before any other rule runs
///     static constexpr bool kIsInput;                   without it: false
///     std::string name() const;                         as reports and errors print it: `max pool`
///     Shape shape(inputs) const;                        of the output; a UserError: what misfits
///     Sign sign() const;                                without it: kAny
///     bool rounds() const;                              it gives its first input's values, rounded
///                                                       to codes at most; without it: no
///     LayerShape layer(inputs, output) const;           the product that hardware runs, nameless;
///                                                       without it the operator is no layer
///     std::vector<Parameter> parameters(inputs) const;  without it: none
///     void lower(integer::Lowering&) const;             the integer rule; without it the operator
///                                                       runs in real numbers only
///
/// `inputs` are the shapes of the inputs.
struct OperatorKind {
  Arity arity;
  bool is_input = false;  // what the network is given, not computed
  std::string (*name)(const void* attributes) = nullptr;
  Shape (*shape)(const void* attributes, const std::vector<Shape>& inputs) = nullptr;
  Sign (*sign)(const void* attributes) = nullptr;
  bool (*rounds)(const void* attributes) = nullptr;
  LayerShape (*layer)(const void* attributes, const std::vector<Shape>& inputs,
                      const Shape& output) = nullptr;
  std::vector<Parameter> (*parameters)(const void* attributes,
                                       const std::vector<Shape>& inputs) = nullptr;
  void (*lower)(const void* attributes, integer::Lowering& lowering) = nullptr;
};

template <class Attributes>
const Attributes& attributes_of(const void* attributes) {
  return *static_cast<const Attributes*>(attributes);
}

/// The rules that `Attributes` has as members.
template <class Attributes>
constexpr OperatorKind kind_from_members() {
  using Shapes = std::vector<Shape>;
  OperatorKind kind{.arity = Attributes::kArity};
  if constexpr (requires { Attributes::kIsInput; }) kind.is_input = Attributes::kIsInput;
  kind.name = [](const void* op) { return attributes_of<Attributes>(op).name(); };
  kind.shape = [](const void* op, const Shapes& inputs) {
    return attributes_of<Attributes>(op).shape(inputs);
  };
  if constexpr (requires { &Attributes::sign; })
    kind.sign = [](const void* op) { return attributes_of<Attributes>(op).sign(); };
  if constexpr (requires { &Attributes::rounds; })
    kind.rounds = [](const void* op) { return attributes_of<Attributes>(op).rounds(); };
  if constexpr (requires { &Attributes::layer; })
    kind.layer = [](const void* op, const Shapes& inputs, const Shape& output) {
      return attributes_of<Attributes>(op).layer(inputs, output);
    };
  if constexpr (requires { &Attributes::parameters; })
    kind.parameters = [](const void* op, const Shapes& inputs) {
      return attributes_of<Attributes>(op).parameters(inputs);
    };
  if constexpr (requires { &Attributes::lower; })
    kind.lower = [](const void* op, integer::Lowering& lowering) {
      attributes_of<Attributes>(op).lower(lowering);
    };
  return kind;
}

/// The kind whose attributes `Attributes` holds; its address tells kinds apart.
template <class Attributes>
inline constexpr OperatorKind kKind = kind_from_members<Attributes>();

/// What a node computes: an operator of models/operators with its attributes, which never change.
/// Copies share them.
class Operator {
 public:
  template <class Attributes>
  requires requires { Attributes::kArity; }
  Operator(Attributes attributes)
      : kind_(&kKind<Attributes>),
        attributes_(std::make_shared<const Attributes>(std::move(attributes))) {}

  const OperatorKind& kind() const { return *kind_; }

  template <class Attributes>
  bool is() const {
    return kind_ == &kKind<Attributes>;
  }
  /// The attributes where the operator is of that kind, else null.
  template <class Attributes>
  const Attributes* get_if() const {
    return is<Attributes>() ? &attributes_of<Attributes>(attributes_.get()) : nullptr;
  }
  /// The attributes of an operator that is known to be of that kind.
  template <class Attributes>
  const Attributes& as() const {
    ensure(is<Attributes>(), "an operator is of the kind that it is taken for");
    return attributes_of<Attributes>(attributes_.get());
  }

  std::string name() const { return kind_->name(attributes_.get()); }
  bool is_input() const { return kind_->is_input; }
  bool is_layer() const { return kind_->layer != nullptr; }
  Sign sign() const;
  /// Whether it gives its first input's values in their places, rounded to codes at most.
  bool rounds() const { return kind_->rounds != nullptr && kind_->rounds(attributes_.get()); }
  /// Of an operator that is a layer.
  LayerShape layer(const std::vector<Shape>& inputs, const Shape& output) const;
  std::vector<Parameter> parameters(const std::vector<Shape>& inputs) const;
  /// A UserError where the operator has no integer rule.
  void lower(integer::Lowering& lowering) const;
  /// The output's shape; a UserError says what does not fit (without naming the node): a wrong
  /// number of inputs, their shapes, the attributes.
  Shape shape(const std::vector<Shape>& inputs) const;

 private:
  const OperatorKind* kind_;
  std::shared_ptr<const void> attributes_;
};

}  // namespace bitloom::graph
