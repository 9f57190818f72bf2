#include "base/text.h"

#include <algorithm>
#include <cstdint>

namespace bitloom {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;  // 0: not UTF-8
};

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The first code point of a text that is not empty (RFC 3629).
CodePoint first_code_point(std::string_view text) {
  constexpr CodePoint kBroken{0, 0};
  constexpr std::uint32_t kSmallestOf[] = {0, 0, 0x80, 0x800, 0x10000};  // shorter forms are forged
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc0 || lead >= 0xf8 || bytes > text.size()) return kBroken;
  std::uint32_t value = lead & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return kBroken;
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  }
  const bool is_surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallestOf[bytes] || value > 0x10ffff || is_surrogate) return kBroken;
  return {value, bytes};
}

bool is_control(std::uint32_t c) {
  const bool is_white = c == '\t' || c == '\n' || c == '\r';
  return (c < 0x20 && !is_white) || (c >= 0x7f && c < 0xa0);
}

}  // namespace

std::size_t utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint next = first_code_point(text.substr(at));
    if (next.bytes == 0) break;
    at += next.bytes;
  }
  return at;
}

std::size_t readable_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const CodePoint next = first_code_point(text.substr(at));
    if (next.bytes == 0 || is_control(next.value)) break;
    at += next.bytes;
  }
  return at;
}

bool is_one_readable_line(std::string_view text) {
  return readable_prefix(text) == text.size() &&
         text.find_first_of("\t\r\n") == std::string_view::npos;
}

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

LineColumn line_column(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, position);
  const std::size_t line_end = before.rfind('\n');
  const std::size_t line_start = line_end == std::string_view::npos ? 0 : line_end + 1;
  return {static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1,
          before.size() - line_start + 1};
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kMostBytes = 40;
  if (text.size() <= kMostBytes) return std::string(text);
  std::size_t end = kMostBytes;
  while (end > 0 && is_continuation(text[end])) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace bitloom
