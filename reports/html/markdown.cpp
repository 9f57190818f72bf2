// The report as Markdown, for pages that show tables only.
#include <fmt/format.h>

#include "reports/html/cost_units.h"
#include "reports/html/report.h"

namespace bitloom::reports {
namespace {

/// Text that Markdown and the HTML in it take as it is.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("\\`*_[]|#").find(c) != std::string_view::npos) result += '\\';
    if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '&')
      result += "&amp;";
    else
      result += c;
  }
  return result;
}

std::string table(const Figure& figure) {
  const DataTable& data = figure.data;
  std::string head = "|", rule = "|", text;
  const std::vector<std::size_t> shown = figure.shown_columns();
  std::vector<ShownColumn> columns;
  for (std::size_t i = 0; i < data.columns.size(); ++i) columns.push_back(shown_column(data, i));
  for (const std::size_t i : shown) {
    const bool is_text = !data.rows.empty() && data.rows.front()[i].is_string();
    head += " " + plain(columns[i].size == 1 ? data.columns[i] : columns[i].heading) + " |";
    rule += is_text ? "---|" : "--:|";
  }
  for (const auto& row : data.rows) {
    text += "|";
    for (const std::size_t i : shown) text += " " + plain(columns[i].text(row[i])) + " |";
    text += "\n";
  }
  return head + "\n" + rule + "\n" + text;
}

}  // namespace

std::string report_markdown(const Report& report) {
  constexpr std::size_t kShort = 12;
  std::string text = fmt::format("# {}\n", plain(report.title));
  for (const Section& section : report.sections) {
    text += fmt::format("\n## {}\n", plain(section.title));
    for (const std::string& line : section.lines) text += "\n- " + plain(line);
    if (!section.lines.empty()) text += "\n";
    for (const Figure& figure : section.figures) {
      if (!figure.is_listed) continue;
      const bool fold = figure.data.rows.size() > kShort;
      text += fmt::format("\n### {}\n\n{}\n\n", plain(figure.title), plain(figure.caption));
      if (fold)
        text += fmt::format("<details><summary>{} rows</summary>\n\n", figure.data.rows.size());
      text += table(figure);
      if (fold) text += "\n</details>\n";
    }
    if (section.run && !section.run->command.empty())
      text += fmt::format("\n    {}\n", section.run->command);
  }
  return text + fmt::format("\nWritten by bitloom {}.\n", report.version);
}

}  // namespace bitloom::reports
