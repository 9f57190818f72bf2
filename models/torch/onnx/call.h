#pragma once

#include <ATen/ATen.h>

#include <optional>
#include <string_view>
#include <vector>

#include "models/onnx/model.h"

// What an operator of ONNX is given when it runs on LibTorch. The functions of this folder follow
// https://onnx.ai/onnx/operators unless they name another source. They know nothing of a model:
// their errors are UserErrors that begin with what is wrong, and run.h puts the node before them.

namespace bitloom::nn::onnx {

using at::Tensor;
using bitloom::onnx::ElementType;
using bitloom::onnx::Node;
using Integers = std::vector<std::int64_t>;
using Outputs = std::vector<Tensor>;

/// Changes the operands of products that an operator computes within itself, before they meet.
class InnerOperands {
 public:
  /// Q K^T, and what its softmax multiplies V by.
  enum class Product { kScores, kContext };
  virtual ~InnerOperands() = default;
  virtual Tensor first(Product product, const Tensor& x) const = 0;
  virtual Tensor second(Product product, const Tensor& x) const = 0;
};

struct Call {
  const Node& node;
  std::vector<Tensor> inputs;  // undefined where left out
  /// Types of the inputs as the model has them; kUndefined, or nothing, where they are those of the
  /// tensors. They differ for the types of ElementType that LibTorch lacks (`holder_of`).
  std::vector<ElementType> types = {};
  const InnerOperands* operands = nullptr;  // null: they stay as they are

  bool has(std::size_t which) const { return which < inputs.size() && inputs[which].defined(); }
  /// An input; a UserError where it is left out.
  const Tensor& operator[](std::size_t which) const;
  /// An input, or an undefined tensor.
  Tensor optional(std::size_t which) const { return has(which) ? inputs[which] : Tensor(); }
  ElementType type(std::size_t which) const;

  /// Numbers that an input gives or, where it is left out, an attribute: nothing where neither
  /// does.
  std::optional<Integers> integers(std::size_t which, std::string_view attribute) const;
  /// An attribute that counts dimensions, from the end where negative: within a rank.
  std::int64_t axis(std::string_view attribute, std::int64_t otherwise, std::int64_t rank) const;
};

/// The type of LibTorch in which elements of that type are held: a wider signed one for unsigned
/// numbers above 8 bits, one of 8 bits for narrower ones. A UserError for strings, complex numbers
/// and floats of 8 bits.
at::ScalarType holder_of(ElementType type);
/// The type of ONNX that LibTorch's is.
ElementType type_of(at::ScalarType type);
/// Elements of a held type cut to its bits, as arithmetic without overflow checks leaves them.
Tensor wrapped(const Tensor& x, ElementType type);
/// Least and greatest element of a type of whole numbers.
std::pair<std::int64_t, std::int64_t> limits_of(ElementType type);

/// All elements as whole numbers.
Integers integers_in(const Tensor& x);
/// An axis of a tensor of that rank; a UserError unless it is one.
std::int64_t axis_in(std::int64_t axis, std::int64_t rank);
/// Axes of it, each named once.
Integers axes_in(Integers axes, std::int64_t rank);
/// {n, 1, 1} for n channels before two dimensions: a vector along `axis` of a tensor of that rank.
Tensor along(const Tensor& vector, std::int64_t axis, std::int64_t rank);
/// A number of the type of `like`, without dimensions.
Tensor scalar_like(const Tensor& like, double value);

}  // namespace bitloom::nn::onnx
