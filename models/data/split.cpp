#include "models/data/split.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom::data {
namespace {

std::int64_t parse_index(const std::string& place, std::string_view line, std::int64_t size) {
  const auto index = parse_integer(line, 0, size - 1);
  if (index.fault() == NumberFault::kNoNumber)
    throw UserError(
        fmt::format("{}: must be one index, a whole number, got '{}'", place, excerpt(line)));
  if (!index)
    throw UserError(fmt::format("{}: index {} must be in [0, {}], the data set has {} images",
                                place, excerpt(line), size - 1, size));
  return *index;
}

}  // namespace

std::vector<std::int64_t> read_split(const std::string& path, std::int64_t size) {
  const std::string file = read_file(path, {.kinds = FileKinds::kRegularOnly});
  std::string_view text = file;
  if (constexpr std::string_view kMark = "\xEF\xBB\xBF"; text.starts_with(kMark))
    text.remove_prefix(kMark.size());  // as some editors begin a file
  std::vector<std::int64_t> indices;
  std::vector<int> line_of(static_cast<std::size_t>(size));  // 0: not met yet
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (line.empty()) continue;
    const std::string place = fmt::format("{}:{}", path, number);
    const std::int64_t index = parse_index(place, line, size);
    int& first = line_of[static_cast<std::size_t>(index)];
    if (first != 0)
      throw UserError(fmt::format("{}: index {} is on line {} already", place, index, first));
    first = number;
    indices.push_back(index);
  }
  if (indices.empty()) throw UserError(path + ": lists no indices");
  return indices;
}

Subset::Subset(std::shared_ptr<const Dataset> whole, std::vector<std::int64_t> indices)
    : whole_(std::move(whole)), indices_(std::move(indices)) {
  for (const std::int64_t index : indices_)
    ensure(index >= 0 && index < whole_->size(), "a subset's indices are in the data set");
}

}  // namespace bitloom::data
