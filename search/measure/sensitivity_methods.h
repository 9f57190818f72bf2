#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/measure/sensitivity_file.h"

namespace bitloom::search {

class LossCurvature;
class LoweredOperands;

/// What a measurement is given beside the loss, and whom it tells of how far it is.
struct SensitivityTask {
  using Rows = std::vector<std::vector<double>>;

  std::uint64_t seed = 0;
  std::int64_t probes = 300;              // of a trace at most; 30 at least
  double relative_error = 0.05;           // of every tensor's trace, at which probing ends
  std::vector<std::size_t> filters = {};  // of each layer how many, to measure each; of methods
                                          // that know them
  Rows rows = {};  // what an earlier run of the same measurement saved, to go on from
  std::function<void(const Rows&)> save = [](const Rows&) {};
  /// So much was done by an earlier run.
  std::function<void(double done)> begin_at = [](double) {};
  std::function<void(double done, std::int64_t of, std::string note)> update =
      [](double, std::int64_t, const std::string&) {};
};

/// What a method finds of a tensor.
struct SensitivityFigure {
  double value = 0;
  std::optional<double> error;  // standard error; of an eigenvalue its residual
};

/// What the figure is at most, for all that was seen of it: max(value, 0) + 2 errors. It is the
/// factor in Omega, so that a tensor which was measured badly keeps its bits rather than losing
/// them to chance. A figure below 0 (the loss is not convex everywhere) counts as 0, since
/// quantizing is no gain.
double upper_bound(const SensitivityFigure& figure);

/// Whether the figure is within two errors of 0, or below.
bool is_lost_in_noise(const SensitivityFigure& figure);

/// What is known of the change at a width, which is measured.
SensitivityFigure change_at(const TensorSensitivity& tensor, int bits);

/// A way to measure how much the loss minds that a tensor is quantized. There are two kinds. One
/// measures a factor of each tensor, and Omega is the factor times the squared error of quantizing.
/// The other measures the change at each width, and Omega is that.
struct SensitivityMethod {
  std::string_view name;
  std::string_view doc;   // what it measures; one line, for help
  std::string_view unit;  // what its progress counts where the rate is worth telling
  std::int64_t images;    // to measure on, unless told
  bool needs_labels = true;
  bool knows_filters = false;  // measures each filter, too
  /// Of the first kind: fills in its figures of every tensor of the loss. What it saves decides,
  /// with the options that made the loss and the seed, how it goes on: an interrupted measurement
  /// ends with the same bits.
  void (*measure)(LossCurvature& loss, const SensitivityTask& task,
                  std::vector<TensorSensitivity>& tensors) = nullptr;
  /// Of the second kind: fills in `change` and `change_error` likewise.
  void (*measure_widths)(LoweredOperands& lowered, const SensitivityTask& task,
                         std::vector<TensorSensitivity>& tensors) = nullptr;
  /// Of a tensor: of the first kind the figure whose upper_bound() is the factor, of the second the
  /// change at the fewest bits. Nothing where the tensor has no such figure.
  std::optional<SensitivityFigure> (*figure)(const TensorSensitivity& tensor);
};

/// What the command, its help and the reader of sensitivities know.
const std::vector<SensitivityMethod>& sensitivity_methods();
std::vector<std::string> sensitivity_method_names();
/// A UserError lists the known ones.
const SensitivityMethod& find_sensitivity_method(std::string_view name);

/// One line that counts the layers with a figure lost in noise, and says what helps; nothing where
/// there are none.
std::optional<std::string> noise_warning(const Sensitivity& sensitivity);

}  // namespace bitloom::search
