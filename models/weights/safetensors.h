#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json_value.h"
#include "models/graph/shape.h"
#include "models/weights/safetensors_header.h"

namespace bitloom::weights {

/// A dense tensor of real numbers in C order.
struct Tensor {
  graph::Shape shape;
  std::vector<float> values;
};

/// `16x3x3x3`; `scalar` for no dimension.
std::string to_text(const graph::Shape& shape);

/// A safetensors file in memory: 8 bytes of header length, a JSON header, and the tensors' bytes
/// (https://huggingface.co/docs/safetensors, "Format"). Everything that the header says of places,
/// shapes and types is checked against the file's own size before anything is allocated for it.
class TensorFile {
 public:
  /// Reads `path`. A UserError names the file, the tensor, and what does not fit, or says that the
  /// file is not what its checksum is of.
  static TensorFile load(const std::string& path);
  /// What a tensor is called in the file that it was read of.
  using StoredName = std::function<std::string(const std::string& name)>;
  /// Tensors that were read of a file of another format, or under other names, as if it were one.
  static TensorFile of(std::string path, const std::map<std::string, Tensor>& tensors,
                       StoredName stored_name = {});

  const std::string& path() const { return path_; }
  /// The name for complaints.
  std::string stored_name(const std::string& name) const {
    return stored_name_ ? stored_name_(name) : name;
  }
  std::vector<std::string> names() const;
  bool has(const std::string& name) const { return header_.tensors.count(name) != 0; }
  const graph::Shape& shape(const std::string& name) const { return place(name).shape; }
  /// Its element type as the header names it: `F32`.
  const std::string& type(const std::string& name) const { return place(name).type; }
  /// The tensor's values, widened or rounded to single precision. A UserError names a value that is
  /// not finite.
  Tensor tensor(const std::string& name) const;
  /// Free texts stored beside the tensors.
  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }
  /// The text under `key`; a UserError when there is none.
  const std::string& metadata(const std::string& key) const;
  /// The same read as JSON, strictly; complaints begin with file and key.
  JsonValue json_metadata(const std::string& key) const;
  /// `path: complaint`.
  UserError error(const std::string& complaint) const;

 private:
  explicit TensorFile(std::string path) : path_(std::move(path)) {}
  const TensorPlace& place(const std::string& name) const;
  void check_places(std::uint64_t data_bytes) const;

  std::string path_;
  SafetensorsHeader header_;
  std::string data_;  // all tensors' bytes
  StoredName stored_name_;
};

/// Metadata under which safetensors() keeps the file's CRC-32, in 8 hexadecimal digits, with zeros
/// in their place.
inline constexpr const char* kChecksumKey = "bitloom_crc32";

/// The bytes of a safetensors file with `tensors` as F32, in the order of their names.
std::string safetensors(const std::map<std::string, Tensor>& tensors,
                        const std::map<std::string, std::string>& metadata);

}  // namespace bitloom::weights
