#pragma once

#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/mapped_file.h"
#include "base/shown_name.h"
#include "models/onnx/tensor.h"
#include "models/onnx/wire.h"

namespace bitloom::onnx {

/// A file while it is read.
struct Source {
  explicit Source(const std::string& path);

  std::shared_ptr<const MappedFile> file;
  std::string folder;
  int depth = 0;  // of graphs in attributes of nodes
};

inline std::string text_of(const Field& field) { return std::string(field.text()); }

/// Calls `read` with each field of a message. A UserError says in which part of the file it lies:
/// `what`, and its name as far as that has been read.
template <class Read>
void each_field(std::string_view bytes, const char* what, const std::string& name,
                const Read& read) {
  try {
    Message message(bytes);
    while (const auto field = message.next()) read(*field);
  } catch (const UserError& error) {
    const std::string place = name.empty() ? what : fmt::format("{} '{}'", what, shown_name(name));
    throw error.with_text(fmt::format("{}: {}", place, error.what()));
  }
}

/// A TensorProto.
Tensor read_tensor_message(std::string_view bytes, const Source& source);

}  // namespace bitloom::onnx
