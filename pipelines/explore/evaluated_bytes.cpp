#include "pipelines/explore/evaluated_bytes.h"

#include <cstring>

#include "base/error.h"

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

}  // namespace

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

}  // namespace bitloom::pipelines
