#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

struct CsvLine {
  std::size_t number;  // where it begins, from 1
  std::vector<std::string> cells;
};

/// The lines of a CSV text as RFC 4180 has it, and as people write it: a cell in quotes may hold
/// commas, line ends and doubled quotes; spaces around a cell do not belong to it; semicolons part
/// the cells where the first line has some and no comma, tabs where it has neither. Blank lines and
/// a byte order mark are passed over. A UserError names `path` and line of a quote that is not
/// closed, stands inside a cell or has text after it.
std::vector<CsvLine> parse_csv(const std::string& path, std::string_view text);

/// A cell as RFC 4180 writes it: in quotes where it holds a comma, a semicolon, a tab, a quote or a
/// line's end, or spaces around it.
std::string csv_cell(std::string_view text);

}  // namespace bitloom
