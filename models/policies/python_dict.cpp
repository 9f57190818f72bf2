#include "models/policies/python_dict.h"

#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom::policies {
namespace {

constexpr int kDeepest = 4;

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

class PythonReader {
 public:
  explicit PythonReader(const File& file) : file_(file), text_(file.text) {
    const std::size_t good = readable_prefix(text_);
    if (good < text_.size()) throw at(good, "must be text in UTF-8 without control characters");
  }

  PythonDict read() {
    skip();
    const std::size_t begin = position_;
    while (position_ < text_.size() && is_of_name(text_[position_])) ++position_;
    if (position_ > begin) {
      skip();
      expect('=', "the file must be NAME = {...} alone, of which nothing is run");
    }
    PythonDict dict = read_dict(0);
    skip();
    if (position_ < text_.size()) throw wrong("must be nothing behind the dict");
    return dict;
  }

 private:
  char next() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  /// Passes over spaces, line ends and comments.
  void skip() {
    for (; position_ < text_.size(); ++position_) {
      const char c = text_[position_];
      if (c == '#')
        position_ = std::min(text_.find('\n', position_), text_.size() - 1);
      else if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
        return;
    }
  }

  UserError at(std::size_t position, std::string_view complaint) const {
    return UserError(fmt::format("{}: {}", place(position), complaint));
  }

  std::string place(std::size_t position) const {
    const LineColumn there = line_column(text_, position);
    return fmt::format("{}:{}:{}", file_.path, there.line, there.column);
  }

  /// `must_be`, and what stands there instead.
  UserError wrong(std::string_view must_be) const {
    const std::string_view rest = text_.substr(std::min(position_, text_.size()));
    const std::string_view line = rest.substr(0, rest.find('\n'));
    return at(position_, fmt::format("{}, got {}", must_be,
                                     rest.empty() ? "the end" : "'" + excerpt(line) + "'"));
  }

  void expect(char wanted, std::string_view must_be) {
    if (next() != wanted) throw wrong(must_be);
    ++position_;
    skip();
  }

  std::string read_text() {
    const char quote = next();
    if (quote != '\'' && quote != '"') throw wrong("must be a text in quotes");
    const std::size_t end = text_.find_first_of(std::string{quote, '\n', '\\'}, position_ + 1);
    if (end == std::string_view::npos || text_[end] != quote)
      throw wrong("must be a text that ends on its line, without a backslash");
    std::string text(text_.substr(position_ + 1, end - position_ - 1));
    position_ = end + 1;
    skip();
    return text;
  }

  std::int64_t read_number() {
    std::size_t end = position_;
    while (end < text_.size() && (is_of_name(text_[end]) || text_[end] == '-')) ++end;
    const auto number = parse_integer(text_.substr(position_, end - position_));
    if (!number) throw wrong("must be a whole number, a dict, or a tuple such as (8, 'hook')");
    position_ = end;
    skip();
    return *number;
  }

  /// The first of `(8, 'hook')`.
  std::int64_t read_tuple() {
    expect('(', "must be a tuple");
    const std::int64_t first = read_number();
    while (next() == ',') {
      expect(',', "must be a comma");
      if (next() != ')') read_text();
    }
    expect(')', "must be a comma or a closing parenthesis");
    return first;
  }

  PythonDict read_dict(int depth) {
    if (depth == kDeepest) throw wrong("must not be nested deeper");
    expect('{', "must be a dict, {...}");
    PythonDict dict;
    while (next() != '}') {
      const std::string there = place(position_);
      std::string key = read_text();
      expect(':', "must be a colon");
      std::variant<std::int64_t, PythonDict> value;
      if (next() == '{')
        value = read_dict(depth + 1);
      else
        value = next() == '(' ? read_tuple() : read_number();
      dict.items.push_back({std::move(key), there, std::move(value)});
      if (next() != '}') expect(',', "must be a comma or a closing brace");
    }
    expect('}', "must be a closing brace");
    return dict;
  }

  const File& file_;
  std::string_view text_;
  std::size_t position_ = 0;
};

}  // namespace

PythonDict read_python_dict(const File& file) { return PythonReader(file).read(); }

}  // namespace bitloom::policies
