#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "models/graph/layer_shape.h"

namespace bitloom::search {

/// The same of each filter of a layer's weights, by output channel.
struct FilterSensitivity {
  std::vector<double> fisher;                // as TensorSensitivity has it
  std::map<int, std::vector<double>> omega;  // by bits; at 0 the filter is left out
};

/// How much the loss minds that a layer's weights, or the activations that it reads, are quantized.
struct TensorSensitivity {
  std::optional<double> trace;           // of the Hessian, divided by the number of elements
  std::optional<double> standard_error;  // of `trace`
  std::optional<std::int64_t> probes;    // that `trace` is the mean of
  std::vector<double> eigenvalues;       // of the Hessian, largest first
  std::vector<double> residuals;         // of the eigenvalues
  std::optional<double> fisher;          // mean of the squared gradient's elements
  std::map<int, double> change;          // of the outputs by so many bits, this tensor alone
  std::map<int, double> change_error;    // standard errors of `change`
  std::map<int, double> omega;           // expected loss of quantizing to so many bits
  std::optional<FilterSensitivity> filters = {};  // of weights, where they were measured
};

struct LayerSensitivity {
  std::string name;
  TensorSensitivity weights;
  TensorSensitivity activations;
  std::string place = {};  // `s.json:12`, for complaints; empty: from no file

  /// `s.json:12: layer 'conv1': the sensitivity file has no ..`, which a search needs.
  UserError lacks(const std::string& what) const;
};

/// What sensitivities were measured on.
struct MeasuredOn {
  std::string weights;                       // the file
  std::string weights_hash;                  // 16 digits that change with the file's content
  std::string data;                          // the data set, as data::make_dataset() takes it
  std::int64_t images = 0;                   // of it
  std::string images_hash;                   // 16 digits that change with which images these are
  std::string augmentation = {};             // how they were varied; empty: not at all
  std::vector<std::string> image_list = {};  // where each is (Dataset::place()); may be left out
};

/// What `bitloom sensitivity` finds: for each layer of a network, in execution order, Omega at
/// every width, and what it was computed from.
struct Sensitivity {
  std::string network;
  std::string method;     // of sensitivity_methods()
  std::string quantizer;  // whose error Omega is of
  std::int64_t seed = 0;
  std::vector<LayerSensitivity> layers;
  std::optional<MeasuredOn> measured_on = {};
};

/// Reads the sensitivities of `layers` of `network`:
///
///     {"schema": 1, "network": "resnet20", "method": "trace", "quantizer": "min-max", "seed": 0,
///      "layers": [{"name": "conv1",
///                  "weights": {"trace": 0.1, "standard_error": 0.01, "probes": 30, "omega": {"2":
///                  0.4, "8": 1e-4}}, "activations": {...}}]}
///
/// Every layer once, in any order; of a tensor only `omega` must be there, whose values are sums
/// over the tensor's elements, 0 or more: those of weights and activations add. Weights may have
/// `filters` with lists by output channel: `fisher`, `standard_error`, and `omega` by bits from 0
/// on. `measured_on` may hold the members of MeasuredOn, and `origin` say in words where the
/// figures are from. A UserError names file, line, column and key.
Sensitivity read_sensitivity(const std::string& path, const std::string& network,
                             const std::vector<graph::LayerShape>& layers);

/// The file as read_sensitivity() reads it.
std::string sensitivity_json(const Sensitivity& sensitivity);

}  // namespace bitloom::search
