#include "models/torch/onnx/tensors.h"

namespace bitloom::nn::onnx {
namespace {

bool is_held_as_stored(ElementType type) {
  return type != ElementType::kBool && type_of(holder_of(type)) == type;
}

}  // namespace

Tensor to_torch(const bitloom::onnx::Tensor& tensor) {
  const at::ScalarType holder = holder_of(tensor.type);
  if (!is_held_as_stored(tensor.type))
    return at::tensor(integers_of(tensor), at::kLong).to(holder).reshape(tensor.dims);
  const bitloom::onnx::Elements elements = elements_of(tensor);
  if (elements.bytes.empty()) return at::empty(tensor.dims, holder);
  auto* bytes = const_cast<char*>(elements.bytes.data());
  const auto keep = [owner = elements.owner](void*) {};
  const Tensor bytewise =
      at::from_blob(bytes, {static_cast<std::int64_t>(elements.bytes.size())}, keep, at::kByte);
  const bool is_aligned = reinterpret_cast<std::uintptr_t>(bytes) % c10::elementSize(holder) == 0;
  return (is_aligned ? bytewise : bytewise.clone()).view(holder).reshape(tensor.dims);
}

}  // namespace bitloom::nn::onnx
