#include "pipelines/reproduce.h"

#include <algorithm>

#include "base/error.h"
#include "pipelines/reproduction/notes.h"
#include "pipelines/reproduction/published_table.h"
#include "reports/html/reproduction_report.h"

namespace bitloom::pipelines {
namespace {

constexpr const char* kAll = "all";

void require_known(const std::vector<std::string>& names) {
  std::vector<std::string> known{kAll};
  for (const reproduction::PublishedTable& table : reproduction::published_tables())
    known.emplace_back(table.name);
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw unknown_name("table", name, known);
}

bool is_asked(std::string_view name, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& asked) { return asked == kAll || asked == name; });
}

reports::ReproducedTable compared(const reproduction::PublishedTable& table, const Host& host) {
  reproduction::Comparison comparison({.hardware_folder = host.hardware_folder});
  table.compare(comparison);
  reports::ReproducedTable result = comparison.take();
  result.name = table.name;
  result.paper = table.paper;
  result.table = table.table;
  reproduction::add_published_notes(result);
  return result;
}

}  // namespace

std::vector<ReproducibleTable> reproducible_tables() {
  std::vector<ReproducibleTable> tables;
  for (const reproduction::PublishedTable& table : reproduction::published_tables())
    tables.push_back({std::string(table.name), std::string(table.paper), std::string(table.table)});
  return tables;
}

reports::ReproductionFile reproduce(const std::vector<std::string>& tables, const Host& host) {
  require_known(tables);
  std::vector<const reproduction::PublishedTable*> asked;
  for (const reproduction::PublishedTable& table : reproduction::published_tables())
    if (is_asked(table.name, tables)) asked.push_back(&table);
  Step step(host, "reproduce", "tables");
  reports::ReproductionFile file;
  for (const reproduction::PublishedTable* table : asked) {
    file.tables.push_back(compared(*table, host));
    step.update(static_cast<double>(file.tables.size()), std::ssize(asked));
  }
  return file;
}

std::string reproduction_html(const reports::ReproductionFile& reproduction) {
  return reports::report_html(reports::reproduction_report(reproduction, BITLOOM_VERSION));
}

}  // namespace bitloom::pipelines
