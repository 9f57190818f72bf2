// Figures that are tables.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/figures.h"
#include "reports/html/runs_beside.h"

namespace bitloom::reports {
namespace {

Json cost_cell(const Costs& costs, const std::string& name) {
  const auto found = costs.find(name);
  return found == costs.end() ? Json() : Json(found->second);
}

void add_accuracy(const std::optional<Accuracy>& accuracy, std::vector<Json>& row) {
  row.push_back(accuracy ? Json(accuracy->top1_pct) : Json());
  const auto error = accuracy ? accuracy->known_stderr_pct() : std::nullopt;
  row.push_back(error ? Json(*error) : Json());
}

Costs costs_of(const SimulationFile& simulation) {
  Costs costs{{"latency_ms", 0}, {"energy_mj", 0}, {"dram_mb", 0}};
  constexpr double kPicojoulesPerMillijoule = 1e9;
  for (const LayerCosts& layer : simulation.layers) {
    const EnergyParts& energy = layer.energy_pj;
    costs["latency_ms"] += layer.latency_ms;
    costs["energy_mj"] +=
        (energy.compute + energy.buffer + energy.dram + energy.leakage) / kPicojoulesPerMillijoule;
    costs["dram_mb"] += static_cast<double>(layer.dram_bytes) * 1e-6;
  }
  return costs;
}

const std::vector<std::string> kAccuracyColumns{"top1_pct", "top1_stderr_pct", "finetuned_top1_pct",
                                                "finetuned_top1_stderr_pct"};

void add_mean_bits(const std::vector<LayerBits>& layers, std::vector<Json>& row) {
  double weights = 0, activations = 0;
  for (const LayerBits& layer : layers) {
    weights += layer.mean_weight_bits();
    activations += layer.activation_bits;
  }
  const auto count = static_cast<double>(layers.size());
  row.push_back(layers.empty() ? Json() : Json(weights / count));
  row.push_back(layers.empty() ? Json() : Json(activations / count));
}

constexpr const char* kNotChecked = "not checked";

std::string rtl_text(const std::vector<Verdict>& verdicts) {
  if (verdicts.empty()) return kNotChecked;
  const auto passed =
      std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.passed; });
  return fmt::format("{} of {} pass", passed, verdicts.size());
}

/// Rows of a table of runs. Runs that found the same policy, of which no figure differs, are one.
class OneOfEach {
 public:
  explicit OneOfEach(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  void add(const Run& run, std::vector<Json> row) {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      if (is_same(*found_by_[i], rows_[i], run, row)) return join(row, rows_[i]);
    rows_.push_back(std::move(row));
    found_by_.push_back(&run);
  }
  const std::vector<std::vector<Json>>& rows() const { return rows_; }

 private:
  static bool is_absent(const Json& cell) { return cell.is_null() || cell == kNotChecked; }
  bool is_of_run(std::size_t column) const {
    return columns_[column] == "run" || columns_[column] == "method" ||
           columns_[column] == "budget";
  }
  bool is_same(const Run& one, const std::vector<Json>& row, const Run& other,
               const std::vector<Json>& its) const {
    if (one.policy.empty() || one.policy != other.policy || one.final_data != other.final_data)
      return false;
    for (std::size_t c = 0; c < columns_.size(); ++c)
      if (!is_of_run(c) && row[c] != its[c] && !is_absent(row[c]) && !is_absent(its[c]))
        return false;
    return true;
  }
  void join(const std::vector<Json>& from, std::vector<Json>& row) const {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (is_of_run(c))
        row[c] = with(row[c].get<std::string>(), from[c].get<std::string>(), columns_[c] == "run");
      else if (is_absent(row[c]))
        row[c] = from[c];
    }
  }
  /// `haq, random`; what is listed already is not listed again, unless `always`.
  static std::string with(const std::string& list, const std::string& one, bool always) {
    const bool is_listed = (", " + list + ", ").find(", " + one + ", ") != std::string::npos;
    return is_listed && !always ? list : list + ", " + one;
  }

  std::vector<std::string> columns_;
  std::vector<std::vector<Json>> rows_;
  std::vector<const Run*> found_by_;  // the first of each row
};

}  // namespace

Json told_weight_bits(const LayerBits& layer) {
  if (layer.filter_bits.empty()) return layer.weight_bits;
  return std::round(10 * layer.mean_weight_bits()) / 10;
}

std::string main_cost(const Run& run) {
  for (const std::string& budget : run.budgets) {
    const std::string asked = budget.substr(0, budget.find('=')) + "_";
    for (const auto& [cost, limit] : run.limits)
      if (cost.starts_with(asked)) return cost;
  }
  return run.limits.empty() ? "latency_ms" : run.limits.begin()->first;
}

std::string with_unit(const std::string& column) {
  constexpr std::pair<const char*, const char*> kUnits[] = {
      {"_mj_ms", "mJ ms"}, {"_ms", "ms"}, {"_mj", "mJ"}, {"_mb", "MB"}, {"_g", "G"}, {"_pct", "%"}};
  for (const auto& [suffix, unit] : kUnits)
    if (column.ends_with(suffix))
      return fmt::format("{} ({})", column.substr(0, column.size() - std::string(suffix).size()),
                         unit);
  return column;
}

Costs found_costs(const Run& run) {
  if (const Candidate* found = run.candidate("found"); found && !found->costs.empty())
    return found->cost();
  if (run.solved) return run.solved->costs;
  return run.found() ? costs_of(run.found()->simulation) : Costs{};
}

std::vector<std::string> first_costs(const Run& run) {
  std::vector<std::string> first{main_cost(run)};
  for (const char* cost : {"latency_ms", "energy_mj", "size_mb"})
    if (cost != first.front()) first.emplace_back(cost);
  const Costs found = found_costs(run);
  std::erase_if(first, [&](const std::string& cost) { return !found.contains(cost); });
  return first;
}

std::optional<Figure> why_figure(const Run& run) {
  if (!run.solved) return {};
  const SearchFile& solved = *run.solved;
  const std::string& cost = solved.marginal_cost;
  DataTable data{{"layer", "weight_bits", "activation_bits", cost, "share_of_it_pct", "omega",
                  "share_of_omega_pct", "weights_saved", "weights_cost", "weights_rate",
                  "activations_saved", "activations_cost", "activations_rate"},
                 {}};
  const auto add_last = [](const std::optional<LastBit>& last, std::vector<Json>& row) {
    row.push_back(last ? Json(last->omega_saved) : Json());
    row.push_back(last ? Json(last->cost) : Json());
    row.push_back(last && last->omega_per_cost ? Json(*last->omega_per_cost) : Json());
  };
  const auto share = [](double part, double of) { return of > 0 ? Json(100 * part / of) : Json(); };
  for (const SearchedLayer& layer : solved.layers) {
    const Json own = cost_cell(layer.costs, cost);
    const Costs::Iterator whole = solved.costs.find(cost);
    std::vector<Json> row{layer.bits.name, told_weight_bits(layer.bits), layer.bits.activation_bits,
                          own};
    row.push_back(own.is_null() || whole == solved.costs.end()
                      ? Json()
                      : share(own.get<double>(), whole->second));
    row.insert(row.end(), {layer.omega, share(layer.omega, solved.omega)});
    add_last(layer.last_weight_bit, row);
    add_last(layer.last_activation_bit, row);
    data.rows.push_back(std::move(row));
  }
  const bool by_filter =
      std::any_of(solved.layers.begin(), solved.layers.end(),
                  [](const SearchedLayer& layer) { return !layer.bits.filter_bits.empty(); });
  if (by_filter)
    return Figure{"why",
                  "What each layer has",
                  fmt::format("Its share in {} and in Omega. Where filters differ, the mean of "
                              "their bits.",
                              with_unit(cost)),
                  data,
                  {}};
  return Figure{"why",
                "Why each layer has its bits",
                fmt::format("What the last bit of a layer's weights and of its activations saved "
                            "in Omega, what it cost in {}, and saved / cost: bits go where that "
                            "rate is highest. Costs are of the layer by itself. A dash: the "
                            "fewest bits, or a bit that was free.",
                            with_unit(cost)),
                data,
                {}};
}

std::optional<Figure> candidates_figure(const Run& run) {
  if (run.candidates.empty()) return {};
  std::set<std::pair<std::string, std::string>> priced;  // engine, cost
  for (const Candidate& candidate : run.candidates)
    for (const auto& [engine, costs] : candidate.costs)
      for (const auto& [cost, value] : costs) priced.emplace(engine, cost);
  DataTable data{{"candidate"}, {}};
  data.columns.insert(data.columns.end(), kAccuracyColumns.begin(), kAccuracyColumns.end());
  const std::vector<std::string> first = first_costs(run);
  data.columns.insert(data.columns.end(), first.begin(), first.end());
  data.columns.insert(data.columns.end(), {"weight_bits_mean", "activation_bits_mean"});
  const std::size_t shown = data.columns.size();
  const std::string own = run.candidates.front().engine;
  std::erase_if(priced, [&](const auto& each) {
    return each.first == own && std::find(first.begin(), first.end(), each.second) != first.end();
  });
  for (const auto& [engine, cost] : priced)
    data.columns.push_back(engine == own ? cost : fmt::format("{}_{}", engine, cost));
  for (const Candidate& candidate : run.candidates) {
    std::vector<Json> row{candidate.label};
    add_accuracy(candidate.post_training, row);
    add_accuracy(candidate.finetuned, row);
    for (const std::string& cost : first) row.push_back(cost_cell(candidate.cost(), cost));
    add_mean_bits(candidate.layers, row);
    for (const auto& [engine, cost] : priced) {
      const auto found = candidate.costs.find(engine);
      row.push_back(found == candidate.costs.end() ? Json() : cost_cell(found->second, cost));
    }
    data.rows.push_back(std::move(row));
  }
  const std::string images =
      run.final_data.empty() ? "" : fmt::format(" Accuracy on {}.", run.final_data);
  return Figure{
      "candidates",
      "What it is compared with",
      "Costs of the whole batch, accuracy before and after the same fine-tuning. CSV has all." +
          images,
      data,
      {},
      shown};
}

std::optional<Figure> verdicts_figure(const Run& run) {
  if (run.verdicts.empty()) return {};
  DataTable data{{"layer", "weight_bits", "activation_bits", "values", "values_equal", "rtl_cycles",
                  "analytic_cycles", "systemc_cycles", "verdict", "complaint"},
                 {}};
  const auto or_null = [](const std::optional<std::int64_t>& value) {
    return value ? Json(*value) : Json();
  };
  for (const Verdict& v : run.verdicts)
    data.rows.push_back({v.bits.name, v.bits.weight_bits, v.bits.activation_bits, v.values,
                         v.values_equal ? "yes" : "NO", v.rtl_cycles, or_null(v.analytic_cycles),
                         or_null(v.systemc_cycles), v.passed ? "pass" : "FAIL", v.complaint});
  const bool complains = std::any_of(run.verdicts.begin(), run.verdicts.end(),
                                     [](const Verdict& v) { return !v.complaint.empty(); });
  if (!complains) {
    data.columns.pop_back();
    for (auto& row : data.rows) row.pop_back();
  }
  std::string caption =
      "Each layer on the Verilated RTL: every value compared with a plain reference, cycles with "
      "the engines or, of a unit in place of the array, with the family's rules.";
  for (const std::string& note : run.notes_on_verdicts) caption += " " + note;
  return Figure{"rtl", "RTL verdicts", caption, data, {}};
}

Figure comparison_figure(const std::vector<Run>& runs) {
  const bool of_image = !share_batch(runs);
  const auto costs_of = [&](const Run& run) {
    return of_image ? costs_of_image(found_costs(run), run) : found_costs(run);
  };
  const auto named = [&](const std::string& cost) {
    return of_image ? column_of_image(cost) : cost;
  };
  std::set<std::string> costs;
  for (const Run& run : runs)
    for (const auto& [cost, value] : costs_of(run)) costs.insert(cost);
  const bool names_machines = !share_machine(runs);
  DataTable data{{"run"}, {}};
  const auto add_columns = [&](const std::vector<std::string>& columns) {
    data.columns.insert(data.columns.end(), columns.begin(), columns.end());
  };
  if (names_machines) add_columns({"hardware", "batch"});
  add_columns({"method", "budget"});
  add_columns(kAccuracyColumns);
  const std::vector<std::string> first = first_costs(runs.front());
  for (const std::string& cost : first) add_columns({named(cost)});
  const std::size_t shown = data.columns.size();
  for (const std::string& cost : first) costs.erase(cost);
  for (const std::string& cost : costs) add_columns({named(cost)});
  add_columns({"weight_bits_mean", "activation_bits_mean", "omega", "rtl", "network"});
  if (!names_machines) add_columns({"hardware", "batch"});
  OneOfEach rows(data.columns);
  for (const Run& run : runs) {
    const std::optional<std::int64_t> batch = batch_of(run);
    const std::vector<Json> machine{run.hardware, batch ? Json(*batch) : Json()};
    std::vector<Json> row{run.name};
    if (names_machines) row.insert(row.end(), machine.begin(), machine.end());
    row.insert(row.end(), {run.method, fmt::format("{}", fmt::join(run.budgets, " "))});
    const Candidate* candidate = run.candidate("found");
    add_accuracy(candidate ? candidate->post_training : std::nullopt, row);
    add_accuracy(candidate ? candidate->finetuned : std::nullopt, row);
    const Costs found = costs_of(run);
    for (const std::string& cost : first) row.push_back(cost_cell(found, cost));
    for (const std::string& cost : costs) row.push_back(cost_cell(found, cost));
    add_mean_bits(run.policy, row);
    row.insert(row.end(), {run.solved ? Json(run.solved->omega) : Json(), rtl_text(run.verdicts),
                           run.network});
    if (!names_machines) row.insert(row.end(), machine.begin(), machine.end());
    rows.add(run, std::move(row));
  }
  const bool has_alike = std::ssize(rows.rows()) < std::ssize(runs);
  data.rows = rows.rows();
  return {"runs",
          "Runs compared",
          fmt::format("What each run found, costs of {}.{} CSV has all.",
                      of_image ? "an image, as the runs' batches differ" : "the whole batch",
                      has_alike ? " Runs that found one policy are one row." : ""),
          data,
          {},
          shown};
}

}  // namespace bitloom::reports
