#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "models/onnx/model.h"
#include "models/onnx/source.h"

// Field numbers are those of TensorProto in ONNX's onnx.proto.

namespace bitloom::onnx {
namespace {

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

std::uint64_t external_number(const std::string& key, const std::string& text) {
  const auto number = parse_unsigned(text);
  if (!number)
    throw UserError(fmt::format("external {} '{}' is no whole number", key, excerpt(text)));
  return *number;
}

void read_external(const Field& entry, ExternalData& external) {
  std::string key, value;
  each_field(entry.text(), "external_data", {}, [&](const Field& field) {
    if (field.number == 1) key = text_of(field);
    if (field.number == 2) value = text_of(field);
  });
  if (key == "location") external.location = value;
  if (key == "offset") external.offset = external_number(key, value);
  if (key == "length") external.length = external_number(key, value);
}

/// Elements in a field of numbers. Packed ones are a view of the file; loose ones, each with a key
/// of its own, are packed into `loose`.
void read_numbers(const Field& field, Tensor::Storage storage, Tensor& tensor, std::string& loose) {
  tensor.storage = storage;
  if (field.wire == Field::Wire::kBytes)
    tensor.data = field.bytes;
  else if (field.wire == Field::Wire::kVarint)
    append_varint(field.value, loose);
  else
    loose.append(reinterpret_cast<const char*>(&field.value),
                 field.wire == Field::Wire::kFixed32 ? 4 : 8);
}

void read_field(const Field& field, Tensor& tensor, std::string& loose) {
  switch (field.number) {
    case 1:
      append_integers(field, tensor.dims);
      break;
    case 2:
      tensor.type = static_cast<ElementType>(field.integer());
      break;
    case 4:   // float_data
    case 10:  // double_data
      read_numbers(field, Tensor::Storage::kRaw, tensor, loose);
      break;
    case 5:   // int32_data
    case 7:   // int64_data
    case 11:  // uint64_data
      read_numbers(field, Tensor::Storage::kVarints, tensor, loose);
      break;
    case 6:
      tensor.storage = Tensor::Storage::kStrings;
      tensor.strings.push_back(text_of(field));
      break;
    case 8:
      tensor.name = text_of(field);
      break;
    case 9:
      tensor.storage = Tensor::Storage::kRaw;
      tensor.data = field.text();
      break;
    case 13:
      read_external(field, tensor.external);
      break;
    case 14:
      if (field.integer() == 1) tensor.storage = Tensor::Storage::kExternal;
      break;
  }
}

}  // namespace

Source::Source(const std::string& path)
    : file(std::make_shared<const MappedFile>(path)), folder(folder_of(path)) {}

Tensor read_tensor_message(std::string_view bytes, const Source& source) {
  Tensor tensor;
  std::string loose;
  each_field(bytes, "tensor", tensor.name,
             [&](const Field& field) { read_field(field, tensor, loose); });
  tensor.folder = source.folder;
  tensor.owner = tensor.file = source.file;
  source.file->release(tensor.data);
  if (!loose.empty()) {
    const auto own = std::make_shared<const std::string>(std::move(loose));
    tensor.data = *own;
    tensor.owner = own;
    tensor.file = nullptr;
  }
  return tensor;
}

Tensor read_tensor(const std::string& path) {
  const Source source(path);
  try {
    return read_tensor_message(source.file->bytes(), source);
  } catch (const UserError& error) {
    throw error.with_text(fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace bitloom::onnx
