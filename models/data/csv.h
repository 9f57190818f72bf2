#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitloom::data {

struct CsvRow {
  int line;  // where it begins, from 1
  std::vector<std::string> fields;
};

/// The rows of a CSV file as RFC 4180 has it: fields in quotes may hold commas, line ends and
/// doubled quotes. Blank lines and a byte order mark are passed over. A UserError names `path` and
/// line of a quote that is not closed, stands inside a field or has text after it.
std::vector<CsvRow> parse_csv(const std::string& path, std::string_view text);

}  // namespace bitloom::data
