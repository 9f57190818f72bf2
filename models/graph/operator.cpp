#include "models/graph/operator.h"

#include <array>

#include <fmt/format.h>

namespace bitloom::graph {
namespace {

std::string inputs_text(std::size_t count) {
  constexpr std::array kWords{"no", "one", "two", "three", "four"};
  const std::string number = count < kWords.size() ? kWords[count] : fmt::format("{}", count);
  return fmt::format("{} input{}", number, count == 1 ? "" : "s");
}

std::string to_text(const Arity& arity) {
  if (arity.most == arity.least) return inputs_text(arity.least);
  if (arity.most == kAnyNumber) return inputs_text(arity.least) + " or more";
  return fmt::format("{} to {} inputs", arity.least, arity.most);
}

}  // namespace

Shape Operator::shape(const std::vector<Shape>& inputs) const {
  const Arity& arity = kind_->arity;
  if (inputs.size() < arity.least || inputs.size() > arity.most)
    throw UserError(fmt::format("takes {}, got {}", to_text(arity), inputs.size()));
  return kind_->shape(attributes_.get(), inputs);
}

Sign Operator::sign() const {
  return kind_->sign == nullptr ? Sign::kAny : kind_->sign(attributes_.get());
}

LayerShape Operator::layer(const std::vector<Shape>& inputs, const Shape& output) const {
  ensure(is_layer(), "a layer's shape is asked of layers");
  return kind_->layer(attributes_.get(), inputs, output);
}

std::vector<Parameter> Operator::parameters(const std::vector<Shape>& inputs) const {
  if (kind_->parameters == nullptr) return {};
  return kind_->parameters(attributes_.get(), inputs);
}

void Operator::lower(integer::Lowering& lowering) const {
  if (kind_->lower == nullptr)
    throw unsupported("the integer arithmetic has no rule for it: it runs in real numbers only");
  kind_->lower(attributes_.get(), lowering);
}

}  // namespace bitloom::graph
