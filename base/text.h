#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bitloom {

/// Bytes at the beginning of `text` that are well-formed UTF-8 without control characters; tabs and
/// line ends pass. All of a readable text.
std::size_t readable_prefix(std::string_view text);

/// Whether `text` is UTF-8 on one line, without tabs and control characters, so that it can stand
/// in a table.
bool is_one_readable_line(std::string_view text);

/// The first 40 bytes of `text`, cut between characters, and `...` where there are more: what an
/// error quotes of it.
std::string excerpt(std::string_view text);

}  // namespace bitloom
