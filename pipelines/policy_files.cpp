#include "pipelines/policy_files.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"

namespace bitloom::pipelines {
namespace {

policies::File file_at(const std::string& path) {
  return {path, read_file(path, {.most_bytes = policies::kMostBytes})};
}

}  // namespace

ImportedPolicy import_policy(const ImportOptions& options, const Host& host) {
  if (options.format) policies::format_named(*options.format);
  const Network network = load(options.network, host);
  const policies::Target target{network.graph.name(), network.layers};
  ImportedPolicy imported{.network = target.network, .read = {}, .text = {}};
  imported.read =
      policies::read_policy(file_at(options.file), options.format, target, options.reading);
  imported.text = policies::bitloom_format().write(imported.read.policy, target, {});
  return imported;
}

ExportedPolicy export_policy(const PolicyExport& options, const Host& host) {
  const policies::Format& format = policies::format_named(options.format);
  if (!options.like && !format.needs_like.empty())
    throw UserError(
        fmt::format("--format {}: --like FILE is required: {}", format.name, format.needs_like));
  if (options.like && format.needs_like.empty())
    throw UserError(fmt::format("--like goes with formats that need it, not with {}", format.name));
  const Network network = load(options.network, host);
  const graph::Policy policy = load(options.policy, network);
  const policies::File like = options.like ? file_at(*options.like) : policies::File{};
  return {.text = format.write(policy, {network.graph.name(), network.layers}, like),
          .layers = network.layers.size()};
}

}  // namespace bitloom::pipelines
