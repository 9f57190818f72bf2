#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace bitloom {

/// Where something stands: in a file, counted from 1, columns in bytes; or in an option such as
/// `--set array.dm=8`, whose line is 0.
struct DocumentMark {
  std::shared_ptr<const std::string> source;
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

/// `file:line:column: complaint`, or `option: complaint`.
UserError error_at(const DocumentMark& mark, std::string_view complaint);

/// Reads the one document of the text of a file.
std::shared_ptr<const DocumentNode> parse_document(const std::string& path, std::string text,
                                                   const DocumentLimits& limits);
/// Reads the text of an option, or what else is on one line.
std::shared_ptr<const DocumentNode> parse_option(const std::string& option,
                                                 const std::string& text);

}  // namespace bitloom
