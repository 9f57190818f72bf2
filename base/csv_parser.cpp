#include "base/csv_parser.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace bitloom {
namespace {

constexpr std::string_view kSpaces = " \t";

class CsvParser {
 public:
  CsvParser(const std::string& path, std::string_view text) : path_(path), text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    const std::string_view first = text_.substr(0, text_.find('\n'));
    for (const std::string_view separator : {",", ";", "\t"})
      if (first.find(separator) != std::string_view::npos) {
        separator_ = separator;
        break;
      }
    if (separator_ == "\t") spaces_ = " ";
  }

  std::vector<CsvLine> lines() {
    std::vector<CsvLine> lines;
    while (at_ < text_.size()) {
      if (!take_blank_line()) lines.push_back(line());
    }
    return lines;
  }

 private:
  CsvLine line() {
    CsvLine line{line_, {}};
    do {
      skip_spaces();
      line.cells.push_back(at_ < text_.size() && text_[at_] == '"' ? quoted_cell() : plain_cell());
      skip_spaces();
    } while (take(separator_));
    if (at_ < text_.size() && !take_line_end())
      throw error(line_, fmt::format("byte 0x{:02x} after cell {}; a comma or the line's end would "
                                     "be right",
                                     static_cast<unsigned char>(text_[at_]), line.cells.size()));
    return line;
  }

  std::string plain_cell() {
    const std::size_t end =
        std::min({text_.find(separator_, at_), text_.find_first_of("\r\n", at_), text_.size()});
    std::string_view cell = text_.substr(at_, end - at_);
    cell = cell.substr(0, cell.find_last_not_of(spaces_) + 1);
    if (cell.find('"') != std::string_view::npos)
      throw error(line_, fmt::format("a quote inside the cell '{}'; quote the whole cell and "
                                     "double it",
                                     excerpt(cell)));
    at_ = end;
    return std::string(cell);
  }

  std::string quoted_cell() {
    const std::size_t first_line = line_;
    std::string cell;
    ++at_;
    while (true) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == std::string_view::npos)
        throw error(first_line, "the quoted cell that begins here is not closed");
      const std::string_view part = text_.substr(at_, quote - at_);
      cell += part;
      line_ += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
      at_ = quote + 1;
      if (!take("\"")) return cell;
      cell += '"';
    }
  }

  void skip_spaces() { at_ = std::min(text_.find_first_not_of(spaces_, at_), text_.size()); }

  bool take(std::string_view token) {
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }

  /// One of spaces alone.
  bool take_blank_line() {
    const std::size_t begin = at_;
    skip_spaces();
    if (at_ == text_.size() || take_line_end()) return true;
    at_ = begin;
    return false;
  }

  bool take_line_end() {
    if (!take("\r\n") && !take("\n")) return false;
    ++line_;
    return true;
  }

  UserError error(std::size_t line, std::string_view complaint) const {
    return UserError(fmt::format("{}:{}: {}", path_, line, complaint));
  }

  const std::string& path_;
  std::string_view text_;
  std::string_view separator_ = ",";
  std::string_view spaces_ = kSpaces;  // that do not belong to cells
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::vector<CsvLine> parse_csv(const std::string& path, std::string_view text) {
  return CsvParser(path, text).lines();
}

std::string csv_cell(std::string_view text) {
  const bool has_spaces_around =
      !text.empty() && (kSpaces.find(text.front()) != std::string_view::npos ||
                        kSpaces.find(text.back()) != std::string_view::npos);
  if (!has_spaces_around && text.find_first_of(",;\t\"\r\n") == std::string_view::npos)
    return std::string(text);
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + "\"";
}

}  // namespace bitloom
