#include "search/policy/episode_log.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/csv.h"
#include "base/files.h"
#include "base/numbers.h"
#include "search/problem/budget.h"

namespace bitloom::search {
namespace {

std::vector<std::string> columns() {
  std::vector<std::string> names{"episode", "reward", "top1_pct", "loss"};
  for (const std::string& cost : cost_columns()) names.push_back(cost);
  names.insert(names.end(), {"within_budget", "noise", "seconds", "agent_seconds", "policy"});
  return names;
}

std::string row_text(const Episode& e) {
  return fmt::format("{},{},{},{},{},{},{},{:.3f},{:.3f},{}\n", e.number, e.reward, e.top1_pct,
                     e.loss, fmt::join(e.costs, ","), e.within_budget ? 1 : 0,
                     e.noise ? fmt::format("{}", *e.noise) : "", e.seconds, e.agent_seconds,
                     exact_text(e.policy));
}

/// `4/6`, or `4.4.2/6` where filters differ.
void read_layer(const std::string& text, graph::FilterPolicy& policy) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || text.find('.') >= slash) {
    policy.layers.push_back(graph::parse_precision("policy", text));
    if (policy.by_filter()) policy.filters.emplace_back();
    return;
  }
  graph::FilterBits filters;
  for (std::size_t at = 0; at < slash;) {
    const std::size_t end = std::min(text.find('.', at), slash);
    const auto bits = parse_integer(text.substr(at, end - at), 0, graph::kMaxBits);
    if (!bits) throw UserError(fmt::format("bits '{}': must be in [0, {}]", text, graph::kMaxBits));
    filters.push_back(static_cast<int>(*bits));
    at = end + 1;
  }
  const int most = *std::max_element(filters.begin(), filters.end());
  const int activations =
      graph::parse_precision("policy", "8" + text.substr(slash)).activation_bits;
  policy.filters.resize(policy.layers.size());
  policy.layers.push_back({most, activations});
  policy.filters.push_back(std::move(filters));
}

graph::FilterPolicy read_policy(const CsvTable::Row& row, std::size_t layers) {
  graph::FilterPolicy policy;
  const std::string& text = row.text("policy");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    read_layer(text.substr(at, end - at), policy);
    at = end + 1;
  }
  if (policy.layers.size() != layers)
    throw row.error("policy",
                    fmt::format("has {} layers, must have {}", policy.layers.size(), layers));
  return policy;
}

Episode read_episode(const CsvTable::Row& row, std::size_t layers) {
  Episode episode;
  episode.number = row.integer("episode", 1, std::numeric_limits<std::int32_t>::max());
  episode.reward = row.real("reward");
  episode.top1_pct = row.real("top1_pct");
  episode.loss = row.real("loss");
  for (const std::string& cost : cost_columns()) episode.costs.push_back(row.real(cost));
  episode.within_budget = row.integer("within_budget", 0, 1) == 1;
  if (!row.text("noise").empty()) episode.noise = row.real("noise");
  episode.seconds = row.real("seconds");
  episode.agent_seconds = row.real("agent_seconds");
  episode.policy = read_policy(row, layers);
  return episode;
}

}  // namespace

std::string exact_text(const graph::FilterPolicy& policy) {
  std::string text;
  for (std::size_t i = 0; i < policy.layers.size(); ++i) {
    const graph::FilterBits& filters = policy.of(i);
    text += text.empty() ? "" : " ";
    text += filters.empty()
                ? graph::to_text(policy.layers[i])
                : fmt::format("{}/{}", fmt::join(filters, "."), policy.layers[i].activation_bits);
  }
  return text;
}

EpisodeLog::EpisodeLog(std::string path, std::size_t layers) : path_(std::move(path)) {
  if (std::filesystem::exists(path_) && !std::filesystem::is_regular_file(path_))
    throw UserError(fmt::format("{}: is no file", path_));
  if (!std::filesystem::exists(path_)) {
    write(fmt::format("{}\n", fmt::join(columns(), ",")));
    return;
  }
  drop_half_row();
  const CsvTable table = CsvTable::load(path_, CsvTable::Rows::kMayBeNone);
  table.require_only_columns(columns());
  for (const CsvTable::Row& row : table.rows()) {
    Episode episode = read_episode(row, layers);
    if (episode.number != std::ssize(episodes_) + 1)
      throw row.error("episode", fmt::format("must be {}", episodes_.size() + 1));
    episodes_.push_back(std::move(episode));
  }
}

void EpisodeLog::drop_half_row() const {
  const std::string text = read_file(path_);
  const std::size_t whole = text.rfind('\n') + 1;
  if (whole < text.size()) std::filesystem::resize_file(path_, whole);
  if (whole == 0) write(fmt::format("{}\n", fmt::join(columns(), ",")));
}

void EpisodeLog::write(const std::string& text) const {
  std::ofstream stream(path_, std::ios::binary | std::ios::app);
  stream << text << std::flush;
  if (!stream)
    throw UserError(fmt::format("{}: cannot be written: {}", path_, std::strerror(errno)));
}

void EpisodeLog::append(const Episode& episode) {
  write(row_text(episode));
  episodes_.push_back(episode);
}

}  // namespace bitloom::search
