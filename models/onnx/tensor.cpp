#include "models/onnx/tensor.h"

#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/shown_name.h"
#include "base/text.h"
#include "models/onnx/wire.h"

namespace bitloom::onnx {
namespace {

struct TypeRow {
  ElementType type;
  const char* name;
  int bits;
  bool is_integer;
};

constexpr std::array kTypes{
    TypeRow{ElementType::kFloat, "float", 32, false},
    TypeRow{ElementType::kUint8, "uint8", 8, true},
    TypeRow{ElementType::kInt8, "int8", 8, true},
    TypeRow{ElementType::kUint16, "uint16", 16, true},
    TypeRow{ElementType::kInt16, "int16", 16, true},
    TypeRow{ElementType::kInt32, "int32", 32, true},
    TypeRow{ElementType::kInt64, "int64", 64, true},
    TypeRow{ElementType::kString, "string", 0, false},
    TypeRow{ElementType::kBool, "bool", 8, true},
    TypeRow{ElementType::kFloat16, "float16", 16, false},
    TypeRow{ElementType::kDouble, "double", 64, false},
    TypeRow{ElementType::kUint32, "uint32", 32, true},
    TypeRow{ElementType::kUint64, "uint64", 64, true},
    TypeRow{ElementType::kComplex64, "complex64", 64, false},
    TypeRow{ElementType::kComplex128, "complex128", 128, false},
    TypeRow{ElementType::kBfloat16, "bfloat16", 16, false},
    TypeRow{ElementType::kFloat8e4m3fn, "float8e4m3fn", 8, false},
    TypeRow{ElementType::kFloat8e4m3fnuz, "float8e4m3fnuz", 8, false},
    TypeRow{ElementType::kFloat8e5m2, "float8e5m2", 8, false},
    TypeRow{ElementType::kFloat8e5m2fnuz, "float8e5m2fnuz", 8, false},
    TypeRow{ElementType::kUint4, "uint4", 4, true},
    TypeRow{ElementType::kInt4, "int4", 4, true},
    TypeRow{ElementType::kFloat4e2m1, "float4e2m1", 4, false},
    TypeRow{ElementType::kFloat8e8m0, "float8e8m0", 8, false},
    TypeRow{ElementType::kUint2, "uint2", 2, true},
    TypeRow{ElementType::kInt2, "int2", 2, true},
};

const TypeRow* row_of(ElementType type) {
  for (const TypeRow& row : kTypes)
    if (row.type == type) return &row;
  return nullptr;
}

bool is_signed(ElementType type) {
  return type == ElementType::kInt8 || type == ElementType::kInt16 || type == ElementType::kInt32 ||
         type == ElementType::kInt64 || type == ElementType::kInt4 || type == ElementType::kInt2;
}

UserError tensor_error(const Tensor& tensor, const std::string& why) {
  return UserError(fmt::format("tensor '{}': {}", shown_name(tensor.name), why));
}

/// The bytes that the shape needs; a UserError where it is no shape.
std::uint64_t bytes_needed(const Tensor& tensor) {
  std::uint64_t elements = 1;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 48;
  for (const std::int64_t dim : tensor.dims) {
    if (dim < 0 || static_cast<std::uint64_t>(dim) > kMost)
      throw tensor_error(tensor, fmt::format("a dimension of {} is none", dim));
    if (dim > 0 && elements > kMost / static_cast<std::uint64_t>(dim))
      throw tensor_error(tensor, "its shape is larger than any file");
    elements *= static_cast<std::uint64_t>(dim);
  }
  return (elements * static_cast<std::uint64_t>(bits_of(tensor.type)) + 7) / 8;
}

/// `int32_data` and its like: each element a varint, which is cut to the type's bytes.
Elements unpacked_varints(const Tensor& tensor) {
  const auto bytes = std::make_shared<std::string>();
  const int width = std::max(1, bits_of(tensor.type) / 8);
  std::vector<std::int64_t> values;
  append_integers({.number = 5, .wire = Field::Wire::kBytes, .bytes = tensor.data}, values);
  bytes->reserve(values.size() * static_cast<std::size_t>(width));
  for (const std::int64_t value : values)
    bytes->append(reinterpret_cast<const char*>(&value), static_cast<std::size_t>(width));
  return {*bytes, bytes};
}

Elements external_elements(const Tensor& tensor, std::uint64_t needed) {
  const auto& [location, offset, length] = tensor.external;
  if (location.empty() || location.front() == '/' || location.find("..") != std::string::npos)
    throw tensor_error(
        tensor, fmt::format("its file '{}' must lie in the model's own folder", excerpt(location)));
  const auto file = std::make_shared<const MappedFile>(tensor.folder + "/" + location);
  const std::string_view bytes = file->bytes();
  const std::uint64_t wanted = length == 0 ? needed : length;
  if (offset > bytes.size() || wanted > bytes.size() - offset)
    throw tensor_error(tensor, fmt::format("{} bytes at {} are not in {}, which has {}", wanted,
                                           offset, file->path(), bytes.size()));
  return {bytes.substr(offset, wanted), file};
}

Elements stored_elements(const Tensor& tensor, std::uint64_t needed) {
  switch (tensor.storage) {
    case Tensor::Storage::kVarints:
      return unpacked_varints(tensor);
    case Tensor::Storage::kExternal:
      return external_elements(tensor, needed);
    default:
      return {tensor.data, tensor.owner};
  }
}

/// Element `i` of `bits` bits as a whole number.
std::int64_t integer_at(std::string_view bytes, std::size_t i, int bits, bool negative) {
  std::uint64_t value = 0;
  if (bits >= 8) {
    const auto width = static_cast<std::size_t>(bits / 8);
    std::memcpy(&value, bytes.data() + i * width, width);
  } else {
    const auto per_byte = static_cast<std::size_t>(8 / bits);
    const auto byte = static_cast<std::uint8_t>(bytes[i / per_byte]);
    value = (byte >> (i % per_byte * static_cast<std::size_t>(bits))) & ((1u << bits) - 1);
  }
  if (!negative || bits == 64) return static_cast<std::int64_t>(value);
  const int unused = 64 - bits;
  return static_cast<std::int64_t>(value << unused) >> unused;
}

double half_to_double(std::uint32_t half) {
  const int exponent = static_cast<int>(half >> 10 & 31);
  const double fraction = (half & 1023) / 1024.0;
  const double sign = half >> 15 ? -1 : 1;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  return exponent == 0 ? sign * std::ldexp(fraction, -14)
                       : sign * std::ldexp(1 + fraction, exponent - 15);
}

template <class Number>
Number number_at(std::string_view bytes, std::size_t i) {
  Number number{};
  std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
  return number;
}

double real_at(const Tensor& tensor, std::string_view bytes, std::size_t i) {
  switch (tensor.type) {
    case ElementType::kFloat:
      return number_at<float>(bytes, i);
    case ElementType::kDouble:
      return number_at<double>(bytes, i);
    case ElementType::kFloat16:
      return half_to_double(number_at<std::uint16_t>(bytes, i));
    case ElementType::kBfloat16: {
      const std::uint32_t bits = static_cast<std::uint32_t>(number_at<std::uint16_t>(bytes, i))
                                 << 16;
      float value = 0;
      std::memcpy(&value, &bits, sizeof value);
      return value;
    }
    default:
      throw tensor_error(tensor,
                         fmt::format("numbers of type {} are not read", to_text(tensor.type)));
  }
}

template <class Real>
Tensor tensor_of_type(ElementType type, const std::vector<Real>& values, const Shape& dims) {
  const auto bytes = std::make_shared<const std::string>(
      reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Real));
  return {.type = type, .dims = dims, .data = *bytes, .owner = bytes};
}

}  // namespace

std::string to_text(ElementType type) {
  const TypeRow* row = row_of(type);
  return row ? row->name : fmt::format("type {}", static_cast<int>(type));
}

int bits_of(ElementType type) {
  const TypeRow* row = row_of(type);
  return row ? row->bits : 0;
}

bool is_integer(ElementType type) {
  const TypeRow* row = row_of(type);
  return row && row->is_integer;
}

Elements elements_of(const Tensor& tensor) {
  if (bits_of(tensor.type) == 0)
    throw tensor_error(tensor, fmt::format("elements of {} are no numbers", to_text(tensor.type)));
  const std::uint64_t needed = bytes_needed(tensor);
  Elements elements = stored_elements(tensor, needed);
  if (elements.bytes.size() != needed)
    throw tensor_error(
        tensor, fmt::format("holds {} bytes, its shape {} of {} takes {}", elements.bytes.size(),
                            graph::to_text(tensor.dims), to_text(tensor.type), needed));
  return elements;
}

void release(const Tensor& tensor, std::string_view part) {
  if (tensor.file && tensor.storage == Tensor::Storage::kRaw) tensor.file->release(part);
}

std::vector<std::int64_t> integers_of(const Tensor& tensor) {
  if (!is_integer(tensor.type))
    throw tensor_error(tensor,
                       fmt::format("must hold whole numbers, holds {}", to_text(tensor.type)));
  const Elements elements = elements_of(tensor);
  std::vector<std::int64_t> values(static_cast<std::size_t>(tensor.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = integer_at(elements.bytes, i, bits_of(tensor.type), is_signed(tensor.type));
  return values;
}

std::vector<double> reals_of(const Tensor& tensor) {
  if (is_integer(tensor.type)) {
    const std::vector<std::int64_t> values = integers_of(tensor);
    return {values.begin(), values.end()};
  }
  const Elements elements = elements_of(tensor);
  std::vector<double> values(static_cast<std::size_t>(tensor.size()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = real_at(tensor, elements.bytes, i);
  return values;
}

Tensor tensor_of(const std::vector<std::int64_t>& values, Shape dims, ElementType type) {
  const auto width = static_cast<std::size_t>(bits_of(type) / 8);
  ensure(is_integer(type) && width > 0, "a tensor of whole numbers has elements of whole bytes");
  const auto bytes = std::make_shared<std::string>();
  for (const std::int64_t value : values)
    bytes->append(reinterpret_cast<const char*>(&value), width);
  return {.type = type, .dims = std::move(dims), .data = *bytes, .owner = bytes};
}

Tensor tensor_of(const std::vector<float>& values, const Shape& dims) {
  return tensor_of_type(ElementType::kFloat, values, dims);
}

Tensor tensor_of(const std::vector<double>& values, const Shape& dims) {
  return tensor_of_type(ElementType::kDouble, values, dims);
}

}  // namespace bitloom::onnx
