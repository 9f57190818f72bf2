#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace bitloom {

/// Where something stands in a file, counted from 1; columns are bytes.
struct DocumentMark {
  int line = 0;
  int column = 0;
};

/// A value as the parser leaves it, for DocumentValue to read.
struct DocumentNode {
  struct Entry {
    std::string key;
    DocumentMark mark;  // of the key
    std::shared_ptr<const DocumentNode> value;
  };

  DocumentValue::Kind kind = DocumentValue::Kind::kNull;
  DocumentMark mark;
  bool quoted = false;
  std::string text;
  std::vector<Entry> entries;
  std::vector<std::shared_ptr<const DocumentNode>> items;
};

UserError error_at(const std::string& file, DocumentMark mark, std::string_view complaint);

/// Reads the one document of a file.
std::shared_ptr<const DocumentNode> parse_document(const std::string& path);

}  // namespace bitloom
