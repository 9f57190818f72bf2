#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bitloom {

struct DocumentNode;

/// The most that is read of a file; what people write is far smaller.
struct DocumentLimits {
  std::size_t bytes = 4u << 20;
  std::size_t values = 1'000'000;
};

/// A value in a YAML or JSON file that remembers where it stands, so that every complaint can say
/// `file:line:column: key.path: what was wrong`. Reading is strict: duplicate keys, numbers such as
/// `012`, quoted numbers, tags and unclosed quotes are refused (yaml-cpp accepts them).
class DocumentValue {
 public:
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  struct Entry;

  Kind kind() const;
  bool is_mapping() const { return kind() == Kind::kMapping; }
  bool is_sequence() const { return kind() == Kind::kSequence; }

  /// The entries of a mapping in file order; a complaint when it is something else.
  std::vector<Entry> entries() const;
  /// The items of a sequence; a complaint when it is something else.
  std::vector<DocumentValue> items() const;
  /// Whether a mapping has `key`.
  bool has(std::string_view key) const;
  /// The value of `key`; a complaint when the mapping lacks it.
  DocumentValue at(std::string_view key) const;
  /// A complaint at the first key that is not among `known`.
  void allow_only(const std::vector<std::string>& known) const;

  /// A whole number in [min, max].
  std::int64_t integer(std::int64_t min, std::int64_t max) const;
  /// A finite number in [min, max].
  double real(double min, double max) const;
  /// A text on one line, quoted or plain, not blank and without control characters.
  std::string text() const;
  /// true or false.
  bool boolean() const;
  /// One of `known`; anything else is answered with the nearest of them.
  std::string one_of(std::string_view what, const std::vector<std::string>& known) const;

  /// The document with the key at a dotted path (`array.dm`) set to what `text` says in YAML, or
  /// taken out where that is empty. Sections on the way are made. Complaints of what is set begin
  /// with `option` in place of file, line and column.
  DocumentValue with(std::string_view path, const std::string& text,
                     const std::string& option) const;
  /// A mapping with `value` at `key`.
  DocumentValue with(std::string_view key, const DocumentValue& value) const;

  /// The line of the file where it stands, from 1.
  std::size_t line() const;
  /// The error `file:line:column: path: complaint`.
  UserError error(std::string_view complaint) const;

 private:
  friend DocumentValue load_document(const std::string& path, const DocumentLimits& limits);
  friend DocumentValue document_of(const std::string& path, const std::string& text);
  friend DocumentValue value_of(const std::string& source, const std::string& text);
  DocumentValue(std::shared_ptr<const DocumentNode> node, std::string place);
  std::string described() const;
  DocumentValue child(std::shared_ptr<const DocumentNode> node, const std::string& step) const;

  std::shared_ptr<const DocumentNode> node_;
  std::string place_;
};

struct DocumentValue::Entry {
  std::string key;
  DocumentValue value;
};

/// Reads a YAML or JSON file (JSON is read as YAML, for the line numbers). A file that is missing,
/// empty, larger than `limits`, not UTF-8, broken, nested deeper than 64 levels, or holds several
/// documents is a UserError.
DocumentValue load_document(const std::string& path, const DocumentLimits& limits = {});

/// The same of the text of the file `path`.
DocumentValue document_of(const std::string& path, const std::string& text);

/// A value on one line; complaints begin with `source` in place of file, line and column.
DocumentValue value_of(const std::string& source, const std::string& text);

}  // namespace bitloom
