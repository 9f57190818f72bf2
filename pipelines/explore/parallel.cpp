#include "pipelines/explore/parallel.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/worker_processes.h"

namespace bitloom::pipelines {
namespace {

template <class Number>
void append(std::string& bytes, Number number) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
}

template <class Number>
Number taken(const std::string& bytes, std::size_t& at) {
  Number number;
  ensure(at + sizeof number <= bytes.size(), "a worker answers whole points");
  std::memcpy(&number, bytes.data() + at, sizeof number);
  at += sizeof number;
  return number;
}

/// Number, lengths, costs and the reason of a refusal.
void append(std::string& bytes, const Evaluated& each) {
  append(bytes, each.point);
  append(bytes, each.metrics.size());
  append(bytes, each.refusal.size());
  for (const double metric : each.metrics) append(bytes, metric);
  bytes += each.refusal;
}

void take_all(const std::string& bytes, std::vector<Evaluated>& into) {
  for (std::size_t at = 0; at < bytes.size();) {
    Evaluated each{taken<std::int64_t>(bytes, at), "", {}};
    each.metrics.resize(taken<std::size_t>(bytes, at));
    const auto length = taken<std::size_t>(bytes, at);
    for (double& metric : each.metrics) metric = taken<double>(bytes, at);
    ensure(at + length <= bytes.size(), "a worker answers whole points");
    each.refusal = bytes.substr(at, length);
    at += length;
    into.push_back(std::move(each));
  }
}

}  // namespace

std::vector<Evaluated> evaluate_all(const Evaluator& evaluator,
                                    const std::vector<std::int64_t>& points, int processes) {
  std::vector<Evaluated> all;
  all.reserve(points.size());
  if (processes <= 1) {
    for (const std::int64_t point : points) all.push_back(evaluator.evaluate(point));
    return all;
  }
  constexpr std::size_t kPartsOfEach = 4;  // so that a process that is late holds up little
  const std::size_t parts = kPartsOfEach * static_cast<std::size_t>(processes);
  const std::size_t size = std::max<std::size_t>(1, (points.size() + parts - 1) / parts);
  const auto count = static_cast<std::int64_t>((points.size() + size - 1) / size);
  const auto answers = map_in_processes(count, processes, [&](std::int64_t part) {
    std::string bytes;
    const std::size_t begin = static_cast<std::size_t>(part) * size;
    for (std::size_t i = begin; i < std::min(begin + size, points.size()); ++i)
      append(bytes, evaluator.evaluate(points[i]));
    return bytes;
  });
  for (const std::string& bytes : answers) take_all(bytes, all);
  return all;
}

}  // namespace bitloom::pipelines
