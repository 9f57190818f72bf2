#include <chrono>
#include <filesystem>
#include <limits>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/companions.h"
#include "cli/configs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/rtl/fusion_verification.h"
#include "cli/rtl/real_tensors.h"
#include "cli/rtl/verification_json.h"
#include "cli/rtl/verify_command.h"
#include "cli/rtl/verify_options.h"
#include "cli/temporary_file.h"
#include "models/weights/integer_layers.h"
#include "pipelines/layer_selection.h"
#include "reports/text/text_table.h"
#include "rtl/verify/core_builder.h"
#include "rtl/verify/random_workloads.h"

namespace bitloom::cli {
namespace {

constexpr std::int64_t kLongestRandomLayer = 20'000;  // issue slots

/// A quantized network's integers on images. Weights that have none, or are to have other bits, are
/// calibrated first, on images of the same data.
RealTensors load_real_tensors(const VerifyOptions& options, const graph::Graph& graph,
                              std::int64_t batch) {
  const PolicyOptions& policy = options.policy;
  const bool asks_for_bits = policy.is_given() || policy.edge_layers;
  if (!asks_for_bits && weights::has_integer_layers(weights::TensorFile::load(*options.weights)))
    return {graph, *options.weights, *options.data, batch};
  const TemporaryFile calibrated(".safetensors");
  std::vector<std::string> arguments{
      "calibrate", "--quiet",     "--network", options.network.name, "--weights", *options.weights,
      "--data",    *options.data, "-o",        calibrated.path()};
  const auto pass_on = [&](const char* flag, const std::optional<std::string>& value) {
    if (value) arguments.insert(arguments.end(), {flag, *value});
  };
  pass_on("--bits", policy.bits);
  pass_on("--policy", policy.file);
  pass_on("--edge-layers", policy.edge_layers);
  pass_on("--image-size", options.network.image_size);
  run_learn_program(arguments);
  if (!weights::has_integer_layers(weights::TensorFile::load(calibrated.path())))
    throw UserError(
        fmt::format("{}: has no integers for the RTL: activations in single precision, or "
                    "levels that are no multiples of one step",
                    *options.weights));
  return {graph, calibrated.path(), *options.data, batch};
}

/// Makes the workloads one after the other: the network's chosen layers, then random ones.
class Workloads {
 public:
  Workloads(const VerifyOptions& options, const hardware::Bismo& hardware)
      : hardware_(hardware),
        seed_(static_cast<std::uint64_t>(
            parse_integer("--seed", options.seed, 0, std::numeric_limits<std::int64_t>::max()))),
        random_(hardware, seed_, [](const mapping::Mapping& m) {
          return m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
                     m.precision.activation_bits * m.precision.weight_bits <=
                 kLongestRandomLayer;
        }) {
    constexpr std::int64_t kMost = 1'000'000;
    if (!options.network.name.empty()) choose_layers(options);
    random_count_ =
        options.random
            ? static_cast<std::size_t>(parse_integer("--random", *options.random, 1, kMost))
        : layers_.empty() ? 100
                          : 0;
  }

  std::size_t count() const { return layers_.size() + random_count_; }

  /// What the integer engine summed, where workload `index` is of real tensors.
  const std::vector<std::int64_t>* integer_sums(std::size_t index) const {
    return real_ && index < layers_.size() ? &real_->sums(chosen_[index]) : nullptr;
  }

  verify::Workload make(std::size_t index) {
    if (index >= layers_.size()) {
      verify::Workload workload = random_.next();
      workload.layer.name = fmt::format("random {}", index - layers_.size());
      return workload;
    }
    if (real_) return real_->workload(chosen_[index]);
    const graph::LayerShape& layer = layers_[index];
    const std::int64_t batch = hardware_.batch;
    return verify::random_workload(layer, policy_[index], batch, layer.signed_activations,
                                   coding_of(layer, policy_[index], batch), verify::Draw::kUniform,
                                   seed_ + index);
  }

 private:
  void choose_layers(const VerifyOptions& options) {
    const Network network = options.network.load();
    graph::Policy policy = options.policy.load(network);
    if (options.weights) {
      real_.emplace(load_real_tensors(options, network.graph, hardware_.batch));
      for (std::size_t i = 0; i < policy.size(); ++i) policy[i] = real_->precision(i);
    }
    chosen_ = pipelines::select_layers(parse_layers(options.layers), network.layers);
    for (const std::size_t i : chosen_) {
      mapping::map_layer(network.layers[i], policy[i], hardware_, hardware_.batch);
      layers_.push_back(network.layers[i]);
      policy_.push_back(policy[i]);
    }
  }

  hardware::Bismo hardware_;
  std::uint64_t seed_;
  verify::RandomWorkloads random_;
  std::vector<graph::LayerShape> layers_;
  graph::Policy policy_;
  std::vector<std::size_t> chosen_;  // of the network's layers
  std::optional<RealTensors> real_;
  std::size_t random_count_ = 0;
};

std::unique_ptr<verify::Core> make_core(const VerifyOptions& options,
                                        const hardware::Bismo& hardware) {
  const std::filesystem::path sources = rtl_source_folder();
  try {
    return verify::core_for(verify::parameters_of(hardware), {.rtl = sources / "rtl",
                                                              .headers = sources,
                                                              .cache = cache_folder() / "cores",
                                                              .verilator = "verilator",
                                                              .compiler = "c++",
                                                              .trace = options.trace.has_value()});
  } catch (const std::filesystem::filesystem_error& unusable) {
    throw UserError(fmt::format("{}: cannot keep cores there: {}", unusable.path1().string(),
                                unusable.code().message()));
  }
}

/// The core's waveform, whole or not at all.
class Waveform {
 public:
  Waveform(verify::Core& core, const std::optional<std::string>& path) : core_(core), path_(path) {
    if (!path_) return;
    OutputFile(*path_).write("");  // that it can be written is found before the work
    ensure(core_.trace(*path_ + ".part"), "a core that was built to trace does");
  }
  void finish() {
    if (!path_) return;
    core_.close_trace();
    std::filesystem::rename(*path_ + ".part", *path_);
  }

 private:
  verify::Core& core_;
  std::optional<std::string> path_;
};

reports::TextTable verdict_table() {
  using reports::Align;
  return reports::TextTable({{"layer", Align::kLeft},
                             {"W/A"},
                             {"codes", Align::kLeft},
                             {"values"},
                             {"RTL cycles"},
                             {"analytic"},
                             {"SystemC"},
                             {"verdict", Align::kLeft}});
}

void add_row(reports::TextTable& table, const Verdict& v) {
  table.add_row({v.layer, graph::to_text(v.precision), codes_text(v), fmt::format("{}", v.values),
                 fmt::format("{}", v.rtl_cycles), fmt::format("{}", v.analytic_cycles),
                 fmt::format("{}", *v.cycle_cycles), v.passed() ? "pass" : "FAIL"});
}

void require_network_for_its_options(const VerifyOptions& options) {
  if (options.weights.has_value() != options.data.has_value())
    throw UserError("--weights and --data: real tensors need both");
  if (!options.network.name.empty()) return;
  if (options.weights) throw UserError("--weights and --data belong to a network: add --network");
  if (options.layers || options.policy.file || options.policy.edge_layers || options.policy.bits)
    throw UserError(
        "--layers, --bits, --policy and --edge-layers choose from a network: add --network");
}

void require_rtl_can_be(const hardware::Bismo& hardware) {
  constexpr std::int64_t kMostBits = 1 << 20;  // sixteen times the cloud's array
  if (hardware.peak_bit_macs_per_cycle() > kMostBits)
    throw UserError(fmt::format(
        "{}: an array of dm x dk x dn = {} bits is too large to be Verilated; at most {}",
        hardware.name, hardware.peak_bit_macs_per_cycle(), kMostBits));
  if (hardware.memory_latency_cycles != 0)
    throw UserError(fmt::format(
        "{}: timing.memory_latency_cycles is {}; the RTL is driven by streams and has no "
        "memory: set it to 0 to verify",
        hardware.name, hardware.memory_latency_cycles));
  if (hardware.dram)
    throw UserError(fmt::format(
        "{}: has a section dram; the RTL is driven by streams and has no memory: verify it without",
        hardware.name));
}

/// Descriptions that leave the pipeline out (0, as the published ones do) are compared with the
/// RTL's; one that states another is wrong of the RTL.
void take_pipeline(hardware::Bismo& hardware, const verify::Core& core) {
  if (hardware.pipeline_cycles != 0 && hardware.pipeline_cycles != core.pipeline_cycles())
    throw UserError(fmt::format("{}: timing.pipeline_cycles is {}, the RTL's pipeline has {}",
                                hardware.name, hardware.pipeline_cycles, core.pipeline_cycles()));
  hardware.pipeline_cycles = core.pipeline_cycles();
}

/// The integer engine's sums are the reference's, too.
void compare_with_integers(const verify::Workload& workload, const std::vector<std::int64_t>& sums,
                           Verdict& verdict) {
  if (verify::reference_outputs(workload) == sums) return;
  verdict.values_equal = false;
  if (verdict.passed())
    verdict.complaint = fmt::format("{}: the integer engine sums otherwise", verdict.layer);
}

struct Tally {
  std::int64_t passed = 0;
  std::int64_t failed = 0;
  std::int64_t values = 0;
  std::int64_t cycles = 0;
  std::string complaints;

  void count(const Verdict& v) {
    ++(v.passed() ? passed : failed);
    values += v.values;
    cycles += v.rtl_cycles;
    if (!v.passed()) complaints += v.complaint + "\n";
  }
};

int verify_core(const VerifyOptions& options, hardware::Bismo hardware) {
  if (options.trace && !options.trace->ends_with(".fst"))
    throw UserError(fmt::format("--trace '{}': must end in .fst", *options.trace));
  if (!options.hardware.batch) hardware.batch = 1;  // an image tells as much as many
  require_rtl_can_be(hardware);
  Workloads workloads(options, hardware);  // before a core is built: what is asked may be wrong
  const std::unique_ptr<verify::Core> core = [&] {
    const Notice notice(
        "verify: preparing the core; one that is not built in takes some seconds once");
    return make_core(options, hardware);
  }();
  take_pipeline(hardware, *core);
  Waveform waveform(*core, options.trace);
  Destination json(options.json);

  const auto start = std::chrono::steady_clock::now();
  reports::TextTable table = verdict_table();
  Tally tally;
  std::vector<Verdict> verdicts;
  {
    Progress progress("verify");
    for (std::size_t i = 0; i < workloads.count(); ++i) {
      const verify::Workload workload = workloads.make(i);
      Verdict verdict = verify_layer(*core, workload, hardware);
      if (const auto* sums = workloads.integer_sums(i))
        compare_with_integers(workload, *sums, verdict);
      add_row(table, verdict);
      tally.count(verdict);
      verdicts.push_back(std::move(verdict));
      progress.update(static_cast<double>(i) + 1, static_cast<std::int64_t>(workloads.count()));
    }
  }
  waveform.finish();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (json.wanted())
    json.write(verification_json({.hardware = hardware.name,
                                  .array = verify::array_text(core->parameters()),
                                  .pipeline_cycles = core->pipeline_cycles(),
                                  .batch = hardware.batch,
                                  .seed = parse_integer("--seed", options.seed, 0,
                                                        std::numeric_limits<std::int64_t>::max())},
                                 verdicts));
  json.finish();
  if (!json.is_standard_output())
    print(fmt::format("RTL of {} ({} array, {} pipeline cycles), batch {}, seed {}\n\n",
                      hardware.name, verify::array_text(core->parameters()),
                      core->pipeline_cycles(), hardware.batch, options.seed) +
          table.text(output_width()) + (tally.complaints.empty() ? "" : "\n" + tally.complaints) +
          fmt::format("\n{}: {} of {} layers pass; {} values, {} RTL cycles in {:.1f} s\n",
                      tally.failed == 0 ? "PASS" : "FAIL", tally.passed,
                      tally.passed + tally.failed, tally.values, tally.cycles, seconds));
  return tally.failed == 0 ? 0 : kMismatch;
}

/// What verifies the machines of a family.
struct Verifier {
  std::string_view family;
  int (*verify)(const VerifyOptions& options, const hardware::Hardware& hardware);
};
constexpr Verifier kVerifiers[] = {
    {hardware::Bismo::kFamily,
     [](const VerifyOptions& options, const hardware::Hardware& hardware) {
       return verify_core(options, hardware.as<hardware::Bismo>());
     }},
    {hardware::BitFusion::kFamily,
     [](const VerifyOptions& options, const hardware::Hardware& hardware) {
       return verify_fusion_unit(options, hardware.as<hardware::BitFusion>());
     }},
};

const Verifier* verifier_of(std::string_view family) {
  for (const Verifier& verifier : kVerifiers)
    if (verifier.family == family) return &verifier;
  return nullptr;
}

int run(const VerifyOptions& options) {
  require_different_files({{"--trace", options.trace}, {"--json", options.json}},
                          {{"--policy", options.policy.file},
                           {"--weights", options.weights},
                           {"--hardware", options.hardware.name}});
  require_network_for_its_options(options);
  const hardware::Hardware hardware = options.hardware.load();
  const Verifier* verifier = verifier_of(hardware.family());
  if (!verifier)
    throw UserError(
        fmt::format("{}: there is no RTL of family {}", hardware.name(), hardware.family()));
  return verifier->verify(options, hardware);
}

}  // namespace

void add_verify(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = program.add_subcommand(
      "verify",
      "run layers on the Verilated RTL: values against a reference, cycles against both "
      "engines");
  options->hardware.add_to(*command, "images run together (1)");
  options->network.add_to(*command)->required(false);
  options->policy.add_to(*command);
  command
      ->add_option("--layers", options->layers,
                   "only these: indices, ranges, names, patterns (0,3-7,layer1.*)")
      ->type_name("LIST");
  command
      ->add_option("--weights", options->weights,
                   "the network's own weights, calibrated or to be calibrated at --bits: real "
                   "tensors instead of random ones")
      ->type_name("FILE");
  command
      ->add_option("--data", options->data,
                   "images that the network reads: cifar10:FILE, images:labels.csv, shapes32, ...")
      ->type_name("DATA");
  command
      ->add_option("--random", options->random,
                   "random layers of all kinds, widths and codings (100 without a network)")
      ->type_name("COUNT");
  command->add_option("--seed", options->seed, "of random layers and tensors (1)")
      ->type_name("SEED");
  command
      ->add_option("--trace", options->trace,
                   "write the core's waveform; builds a tracing core first, about 20 s")
      ->type_name("FILE.fst");
  command
      ->add_option("--json", options->json,
                   "the verdicts as JSON, of either family; - is standard output")
      ->type_name("FILE");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace bitloom::cli
