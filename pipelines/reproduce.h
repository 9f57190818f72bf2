#pragma once

#include <string>
#include <vector>

#include "pipelines/host.h"
#include "reports/results/reproduction_file.h"

/// Published tables beside bitloom's figures.
namespace bitloom::pipelines {

/// A table that can be reproduced.
struct ReproducibleTable {
  std::string name, paper, table;
};
std::vector<ReproducibleTable> reproducible_tables();

/// Compares the tables of these names, or every one for `all`, each once and in the order of
/// reproducible_tables(). A UserError where a name is unknown or published figures do not ship.
reports::ReproductionFile reproduce(const std::vector<std::string>& tables, const Host& host = {});

/// One page that needs nothing else.
std::string reproduction_html(const reports::ReproductionFile& reproduction);

}  // namespace bitloom::pipelines
