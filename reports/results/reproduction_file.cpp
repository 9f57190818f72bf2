#include "reports/results/reproduction_file.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/results/fields.h"

namespace bitloom::reports {
namespace {

std::string counts_of(const auto& counted) {
  std::string text;
  for (const char* verdict : kVerdicts)
    if (const std::int64_t count = counted.count(verdict); count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, verdict);
  return text;
}

}  // namespace

template <class Fields>
void fields(Fields& f, Is<ReproducedFigure> auto& figure) {
  f.needs("of", figure.of);
  f.needs("figure", figure.figure);
  f.or_null("published", figure.published);
  f.or_null("ours", figure.ours);
  f.may("error_percent", figure.error_percent);
  f.may("tolerance", figure.tolerance);
  f.needs("verdict", figure.verdict);
  f.may("note", figure.note);
}

template <class Fields>
void fields(Fields& f, Is<ReproducedTable> auto& table) {
  f.needs("name", table.name);
  f.needs("paper", table.paper);
  f.needs("table", table.table);
  f.needs("assumptions", table.assumptions);
  f.needs("figures", table.figures);
}

template <class Fields>
void fields(Fields& f, Is<ReproductionFile> auto& reproduction) {
  f.has("schema", schema(reproduction.schema));
  f.needs("tables", reproduction.tables);
}

std::int64_t ReproducedTable::count(const std::string& verdict) const {
  return std::count_if(figures.begin(), figures.end(),
                       [&](const ReproducedFigure& figure) { return figure.verdict == verdict; });
}

std::int64_t ReproductionFile::count(const std::string& verdict) const {
  std::int64_t all = 0;
  for (const ReproducedTable& table : tables) all += table.count(verdict);
  return all;
}

std::string ours_text(const ReproducedFigure& figure) {
  if (!figure.ours) return "–";
  if (!figure.published) return fmt::format("{:.4g}", *figure.ours);
  const std::size_t point = figure.published->find('.');
  const bool is_whole =
      *figure.ours == static_cast<double>(static_cast<std::int64_t>(*figure.ours));
  if (point == std::string::npos) return fmt::format("{:.{}f}", *figure.ours, is_whole ? 0 : 1);
  return fmt::format("{:.{}f}", *figure.ours, figure.published->size() - point);
}

std::string error_text(const ReproducedFigure& figure) {
  if (!figure.error_percent) return "–";
  constexpr double kShown = 0.005;
  if (std::abs(*figure.error_percent) < kShown) return "0.00 %";
  return fmt::format("{:+.2f} %", *figure.error_percent);
}

std::string counts_text(const ReproducedTable& table) { return counts_of(table); }
std::string counts_text(const ReproductionFile& reproduction) { return counts_of(reproduction); }

std::string json_text(const ReproductionFile& reproduction) { return file_text(reproduction, 2); }

}  // namespace bitloom::reports
