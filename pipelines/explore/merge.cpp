#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/explore/explore.h"
#include "pipelines/explore/store.h"
#include "pipelines/explore/store_about.h"
#include "pipelines/explore/summary.h"

namespace bitloom::pipelines {
namespace {

void add_all(Store& from, Store& into) {
  constexpr std::size_t kAtOnce = 4096;
  std::vector<Evaluated> batch;
  const auto flush = [&] {
    into.add(batch);
    batch.clear();
  };
  from.for_each([&](const Evaluated& each) {
    batch.push_back(each);
    if (batch.size() == kAtOnce) flush();
  });
  flush();
}

}  // namespace

reports::Exploration merge_stores(const std::string& path, const std::vector<std::string>& stores) {
  const StoreAbout about = Store::read(stores.front()).about();
  for (const std::string& each : stores) {
    std::error_code none;  // where there is none yet
    if (std::filesystem::equivalent(each, path, none))
      throw UserError(fmt::format("--merge: {} is merged into itself", path));
    require_same(each, Store::read(each).about(), about);
  }
  Store into = Store::open(path, about);
  for (const std::string& each : stores) {
    Store from = Store::read(each);
    add_all(from, into);
    for (const reports::ExploredRun& run : from.runs()) into.add_run(run);
  }
  reports::Exploration result = summary_of(into, std::nullopt);
  into.finish();
  return result;
}

}  // namespace bitloom::pipelines
