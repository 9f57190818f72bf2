// Types of ONNX and those of LibTorch that hold them.
#include "base/error.h"
#include "models/torch/onnx/call.h"

namespace bitloom::nn::onnx {

at::ScalarType holder_of(ElementType type) {
  switch (type) {
    case ElementType::kFloat:
      return at::kFloat;
    case ElementType::kDouble:
      return at::kDouble;
    case ElementType::kFloat16:
      return at::kHalf;
    case ElementType::kBfloat16:
      return at::kBFloat16;
    case ElementType::kBool:
      return at::kBool;
    case ElementType::kUint2:
    case ElementType::kUint4:
    case ElementType::kUint8:
      return at::kByte;
    case ElementType::kInt2:
    case ElementType::kInt4:
    case ElementType::kInt8:
      return at::kChar;
    case ElementType::kInt16:
      return at::kShort;
    case ElementType::kUint16:
    case ElementType::kInt32:
      return at::kInt;
    case ElementType::kUint32:
    case ElementType::kUint64:
    case ElementType::kInt64:
      return at::kLong;
    default:
      throw unsupported("elements of type " + to_text(type) + " cannot be computed with");
  }
}

ElementType type_of(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return ElementType::kFloat;
    case at::kDouble:
      return ElementType::kDouble;
    case at::kHalf:
      return ElementType::kFloat16;
    case at::kBFloat16:
      return ElementType::kBfloat16;
    case at::kBool:
      return ElementType::kBool;
    case at::kByte:
      return ElementType::kUint8;
    case at::kChar:
      return ElementType::kInt8;
    case at::kShort:
      return ElementType::kInt16;
    case at::kInt:
      return ElementType::kInt32;
    case at::kLong:
      return ElementType::kInt64;
    default:
      return ElementType::kUndefined;
  }
}

std::pair<std::int64_t, std::int64_t> limits_of(ElementType type) {
  switch (type) {
    case ElementType::kUint2:
      return {0, 3};
    case ElementType::kUint4:
      return {0, 15};
    case ElementType::kUint8:
      return {0, 255};
    case ElementType::kUint16:
      return {0, 65535};
    case ElementType::kUint32:
      return {0, 4294967295};
    case ElementType::kInt2:
      return {-2, 1};
    case ElementType::kInt4:
      return {-8, 7};
    case ElementType::kInt8:
      return {-128, 127};
    case ElementType::kInt16:
      return {-32768, 32767};
    case ElementType::kInt32:
      return {-2147483648, 2147483647};
    default:
      throw unsupported("codes of type " + to_text(type));
  }
}

Tensor wrapped(const Tensor& x, ElementType type) {
  switch (type) {
    case ElementType::kUint2:
      return at::bitwise_and(x, 3);
    case ElementType::kUint4:
      return at::bitwise_and(x, 15);
    case ElementType::kUint16:
      return at::bitwise_and(x, 65535);
    case ElementType::kUint32:
      return at::bitwise_and(x, 4294967295);
    case ElementType::kInt2:
      return at::bitwise_and(x + 2, 3) - 2;
    case ElementType::kInt4:
      return at::bitwise_and(x + 8, 15) - 8;
    default:
      return x;
  }
}

}  // namespace bitloom::nn::onnx
