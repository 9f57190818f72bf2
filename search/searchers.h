#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "search/policy/searcher.h"

namespace bitloom::search {

struct FilterSearchTask;

/// A kind of searcher: of bits of layers, or of filters.
struct SearcherKind {
  std::string_view name;
  std::string_view doc;
  std::unique_ptr<Searcher> (*make)(const SearchTask&);
  std::unique_ptr<FilterSearcher> (*make_by_filter)(const FilterSearchTask&) = nullptr;
};

/// haq, random, evolve, anneal, greedy, autoq.
const std::vector<SearcherKind>& searcher_kinds();
std::vector<std::string> searcher_names();
/// Null where no kind has that name.
const SearcherKind* searcher_kind(std::string_view name);

}  // namespace bitloom::search
