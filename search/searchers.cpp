#include "search/searchers.h"

#include "search/agent/autoq_searcher.h"
#include "search/agent/haq_searcher.h"

namespace bitloom::search {

const std::vector<SearcherKind>& searcher_kinds() {
  static const std::vector<SearcherKind> kinds{
      {"haq", "HAQ: an agent that learns which layers need bits (Wang et al. 2019)", haq_searcher},
      {"random", "policies drawn at random within the budgets", random_searcher},
      {"evolve", "regularized evolution (Real et al. 2019)", evolution_searcher},
      {"anneal", "simulated annealing (Kirkpatrick et al. 1983)", annealing_searcher},
      {"greedy", "one level less where it loses least per cost saved", greedy_searcher},
      {"autoq", "AutoQ: two agents that learn which filters need bits (Lou et al. 2020)", nullptr,
       autoq_searcher}};
  return kinds;
}

std::vector<std::string> searcher_names() {
  std::vector<std::string> names;
  for (const SearcherKind& kind : searcher_kinds()) names.emplace_back(kind.name);
  return names;
}

const SearcherKind* searcher_kind(std::string_view name) {
  for (const SearcherKind& kind : searcher_kinds())
    if (kind.name == name) return &kind;
  return nullptr;
}

}  // namespace bitloom::search
