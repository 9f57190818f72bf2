#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/shape.h"

namespace bitloom {
class MappedFile;
}

namespace bitloom::onnx {

using graph::Shape;

/// Types of elements, numbered as TensorProto.DataType.
enum class ElementType {
  kUndefined = 0,
  kFloat = 1,
  kUint8 = 2,
  kInt8 = 3,
  kUint16 = 4,
  kInt16 = 5,
  kInt32 = 6,
  kInt64 = 7,
  kString = 8,
  kBool = 9,
  kFloat16 = 10,
  kDouble = 11,
  kUint32 = 12,
  kUint64 = 13,
  kComplex64 = 14,
  kComplex128 = 15,
  kBfloat16 = 16,
  kFloat8e4m3fn = 17,
  kFloat8e4m3fnuz = 18,
  kFloat8e5m2 = 19,
  kFloat8e5m2fnuz = 20,
  kUint4 = 21,
  kInt4 = 22,
  kFloat4e2m1 = 23,
  kFloat8e8m0 = 24,
  kUint2 = 25,
  kInt2 = 26,
};

/// As files of ONNX name it: `float`, `int64`; `type 99` where it is none.
std::string to_text(ElementType type);
/// 0 for strings and unknown types.
int bits_of(ElementType type);
/// Whether the elements are whole numbers or truth values.
bool is_integer(ElementType type);

/// Where elements that are not in the model's own file lie.
struct ExternalData {
  std::string location;  // relative to the model's folder
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  // 0: to the end of the file
};

/// A constant of a model. Its elements stay where they are, in the mapped file or beside it, until
/// elements_of() asks for them.
struct Tensor {
  /// How the elements lie in `data`.
  enum class Storage {
    kRaw,       // little-endian, those of fewer than 8 bits packed from the low bits up
    kVarints,   // int32_data, int64_data, uint64_data
    kStrings,   // views in `strings`
    kExternal,  // in another file
  };

  std::string name = {};
  ElementType type = ElementType::kUndefined;
  Shape dims = {};
  Storage storage = Storage::kRaw;
  std::string_view data = {};
  std::vector<std::string> strings = {};
  ExternalData external = {};
  std::string folder = {};                      // of the model's file
  std::shared_ptr<const void> owner = {};       // keeps `data` alive
  std::shared_ptr<const MappedFile> file = {};  // where `data` lies; null: in memory of its own

  std::int64_t size() const { return graph::size_of(dims); }
};

/// The elements of a tensor as little-endian bytes; `owner` keeps them alive.
struct Elements {
  std::string_view bytes;
  std::shared_ptr<const void> owner;
};

/// Reads the elements, from another file where they lie there. A UserError names the tensor and
/// says what of its size, place or type does not fit.
Elements elements_of(const Tensor& tensor);
/// Gives the memory of `part` of the elements back until it is read again, where they lie in the
/// model's own file.
void release(const Tensor& tensor, std::string_view part);

/// The elements of a tensor of whole numbers or truth values. A UserError as before.
std::vector<std::int64_t> integers_of(const Tensor& tensor);
/// The elements of a tensor of any numbers.
std::vector<double> reals_of(const Tensor& tensor);

/// A tensor that holds these elements.
Tensor tensor_of(const std::vector<std::int64_t>& values, Shape dims,
                 ElementType type = ElementType::kInt64);
Tensor tensor_of(const std::vector<float>& values, const Shape& dims);
Tensor tensor_of(const std::vector<double>& values, const Shape& dims);

}  // namespace bitloom::onnx
