#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "models/graph/shape.h"

namespace bitloom::weights {

inline constexpr std::size_t kLengthBytes = 8;  // in front of the header

/// What a safetensors header says of one tensor; bytes are counted from the header's end.
struct TensorPlace {
  std::string type;
  graph::Shape shape;
  std::uint64_t begin = 0, end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, TensorPlace> tensors;
  std::map<std::string, std::string> metadata;
};

/// The JSON header `text` of the file `path`. Keeps what it accepts and no more: a hostile header
/// costs no more memory than an honest one. A UserError where it is no JSON, or not that of
/// safetensors.
SafetensorsHeader read_header(std::string_view text, const std::string& path);

}  // namespace bitloom::weights
