#include "reports/html/figure.h"

#include <cmath>

#include <fmt/format.h>

namespace bitloom::reports {
namespace {

std::string csv_cell(const Json& cell) {
  if (cell.is_null()) return "";
  if (!cell.is_string()) return cell.dump();
  const auto& text = cell.get_ref<const std::string&>();
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

std::string DataTable::csv() const {
  std::string text;
  for (std::size_t i = 0; i < columns.size(); ++i) text += (i ? "," : "") + csv_cell(columns[i]);
  text += "\n";
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) text += (i ? "," : "") + csv_cell(row[i]);
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
  const double size = std::abs(value);
  if (size >= 1000 && size < 1e7) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

std::string cell_text(const Json& cell) {
  if (cell.is_null()) return "–";
  if (cell.is_boolean()) return cell.get<bool>() ? "yes" : "no";
  return cell.is_number() ? number_text(cell.get<double>()) : cell.get<std::string>();
}

}  // namespace bitloom::reports
