#include "models/data/csv.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace bitloom::data {
namespace {

class Parser {
 public:
  Parser(const std::string& path, std::string_view text) : path_(path), text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      if (take_line_end()) continue;
      rows.push_back(row());
    }
    return rows;
  }

 private:
  CsvRow row() {
    CsvRow row{line_, {}};
    do {
      row.fields.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted_field()
                                                                   : plain_field());
    } while (take(","));
    if (at_ < text_.size() && !take_line_end())
      throw error(line_,
                  fmt::format("byte 0x{:02x} after field {}; a comma or the line's end would "
                              "be right",
                              static_cast<unsigned char>(text_[at_]), row.fields.size()));
    return row;
  }

  std::string plain_field() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    const std::string_view field = text_.substr(at_, end - at_);
    if (field.find('"') != std::string_view::npos)
      throw error(line_, fmt::format("a quote inside the field '{}'; quote the whole field and "
                                     "double it",
                                     excerpt(field)));
    at_ = end;
    return std::string(field);
  }

  std::string quoted_field() {
    const int first_line = line_;
    std::string field;
    ++at_;
    while (true) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos)
        throw error(first_line, "the quoted field that begins here is not closed");
      const std::string_view part = text_.substr(at_, quote - at_);
      field += part;
      line_ += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
      at_ = quote + 1;
      if (!take("\"")) return field;
      field += '"';
    }
  }

  bool take(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  bool take_line_end() {
    if (!take("\r\n") && !take("\n")) return false;
    ++line_;
    return true;
  }

  UserError error(int line, std::string_view complaint) const {
    return UserError(fmt::format("{}:{}: {}", path_, line, complaint));
  }

  const std::string& path_;
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv(const std::string& path, std::string_view text) {
  return Parser(path, text).rows();
}

}  // namespace bitloom::data
