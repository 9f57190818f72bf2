#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bitloom {

/// Bytes at the beginning of `text` that are well-formed UTF-8 (RFC 3629).
std::size_t utf8_prefix(std::string_view text);

/// Bytes at the beginning of `text` that are well-formed UTF-8 without control characters; tabs and
/// line ends pass. All of a readable text.
std::size_t readable_prefix(std::string_view text);

/// Whether `text` is UTF-8 on one line, without tabs and control characters, so that it can stand
/// in a table.
bool is_one_readable_line(std::string_view text);

/// `text` with a space in place of each tab, line end and control character.
std::string on_one_line(std::string text);

/// A place in a text, counted from 1; columns are bytes.
struct LineColumn {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// The place of the byte `position` of `text`, or of its end.
LineColumn line_column(std::string_view text, std::size_t position);

/// The first 40 bytes of `text`, cut between characters, and `...` where there are more: what an
/// error quotes of it.
std::string excerpt(std::string_view text);

}  // namespace bitloom
