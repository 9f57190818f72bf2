#include "reports/html/figure.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/csv_parser.h"
#include "base/json.h"
#include "base/scaled_units.h"

namespace bitloom::reports {
namespace {

std::string csv_text(const Json& cell) {
  if (cell.is_null()) return "";
  if (!cell.is_string()) return bitloom::json_text(cell);
  return csv_cell(cell.get_ref<const std::string&>());
}

}  // namespace

std::string DataTable::csv() const {
  std::string text;
  for (std::size_t i = 0; i < columns.size(); ++i) text += (i ? "," : "") + csv_text(columns[i]);
  text += "\n";
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + csv_text(row[i]);
    text += "\n";
  }
  return text;
}

Json DataTable::records() const {
  Json all = Json::array();
  for (const auto& row : rows) {
    Json record = Json::object();
    for (std::size_t i = 0; i < columns.size(); ++i) record[columns[i]] = row[i];
    all.push_back(std::move(record));
  }
  return all;
}

std::vector<std::size_t> Figure::shown_columns() const {
  const std::size_t most = shown == 0 ? data.columns.size() : std::min(shown, data.columns.size());
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < most; ++i)
    if (data.rows.empty() || std::any_of(data.rows.begin(), data.rows.end(),
                                         [&](const auto& row) { return !row[i].is_null(); }))
      columns.push_back(i);
  return columns;
}

Json Figure::complete_spec(int width) const {
  Json complete = spec;
  complete["data"][0]["values"] = data.records();
  for (Json& signal : complete["signals"])
    if (signal["name"] == "avail") signal["value"] = width;
  return complete;
}

std::string number_text(double value) {
  constexpr double kShownWhole = 1e15;
  if (value == std::floor(value) && std::abs(value) < kShownWhole)
    return fmt::format("{:.0f}", value);
  return plain_text(value, 4);
}

std::string cell_text(const Json& cell) {
  if (cell.is_null()) return "–";
  if (cell.is_boolean()) return cell.get<bool>() ? "yes" : "no";
  return cell.is_number() ? number_text(cell.get<double>()) : cell.get<std::string>();
}

}  // namespace bitloom::reports
