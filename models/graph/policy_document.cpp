#include "models/graph/policy_document.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/files.h"
#include "base/npy.h"
#include "base/text.h"

namespace bitloom::graph {
namespace {

std::string list_text(const NumberArray& array) {
  if (array.dimensions == 2) return fmt::format("[{}]", fmt::join(array.rows, ", "));
  std::string text;
  for (const auto& row : array.rows)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", row.front());
  return "[" + text + "]";
}

/// Python's tuples as lists, where `text` holds nothing but numbers: `[(4, 6)]`, `[[4, 6]]`.
std::string with_lists(std::string text) {
  if (text.find_first_not_of("0123456789.+-eE,()[] \t\r\n") != std::string::npos) return text;
  std::replace(text.begin(), text.end(), '(', '[');
  std::replace(text.begin(), text.end(), ')', ']');
  return text;
}

/// The end of the list that begins `text` with a bracket.
std::size_t end_of_list(std::string_view text) {
  int open = 0;
  for (std::size_t at = 0; at < text.size() && text[at] != '\n'; ++at) {
    open += text[at] == '[' ? 1 : text[at] == ']' ? -1 : 0;
    if (open == 0) return at + 1;
  }
  return 0;
}

/// `best policy: [[8, 8], ...]`, which HAQ's log repeats after each episode.
std::optional<DocumentValue> last_logged(const std::string& path, std::string_view text) {
  for (std::size_t at = text.rfind("policy:"); at != std::string_view::npos && at > 0;
       at = text.rfind("policy:", at - 1)) {
    const std::string_view before = text.substr(0, at - 1);
    const std::size_t list =
        text.find_first_not_of(" \r\n", at + std::string_view("policy:").size());
    if (!before.ends_with("best") || list == std::string_view::npos || text[list] != '[') continue;
    if (const std::size_t size = end_of_list(text.substr(list)); size > 0)
      return value_of(fmt::format("{}:{}", path, line_column(text, list).line),
                      with_lists(std::string(text.substr(list, size))));
  }
  return std::nullopt;
}

}  // namespace

DocumentValue load_policy_document(const std::string& path) {
  return policy_document_of(path, read_file(path, {.most_bytes = DocumentLimits{}.bytes}));
}

DocumentValue policy_document_of(const std::string& path, const std::string& bytes) {
  if (is_npy(bytes)) return value_of(path, list_text(parse_npy(path, bytes)));
  if (auto logged = last_logged(path, bytes)) return *logged;
  if (bytes.find("episode_reward") != std::string::npos ||
      bytes.find("best policy") != std::string::npos ||
      bytes.find("best_policy") != std::string::npos)
    throw UserError(path +
                    ": is a log of HAQ's without a line such as best policy: [[8, 8], [4, 6]]; a "
                    "log that has one, or that list alone, would be right");
  return document_of(path, with_lists(bytes));
}

}  // namespace bitloom::graph
