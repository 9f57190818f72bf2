#pragma once

#include <map>
#include <string>

#include "models/graph/graph.h"
#include "models/onnx/inference/flow.h"
#include "models/onnx/native.h"
#include "models/onnx/own_bits.h"

namespace bitloom::onnx {

/// A network that a file holds.
struct Imported {
  graph::Graph graph;
  std::int64_t batch = 1;  // images that the file states, of which the graph is one
  /// Where the graph's parameters come from, by weights::Parameters' names: `conv1.weight`.
  std::map<std::string, ParameterSource> parameters = {};
  /// Nodes that hardware for products does not run, by operator.
  std::map<std::string, int> beside = {};
  /// Operators that nobody told us of, taken to keep their input's shape.
  std::map<std::string, int> unknown = {};
  /// Products within loops and branches whose runs data decide: Flow's.
  std::map<std::string, int> unpriced = {};
  std::vector<ValueInfo> inputs = {};  // of the graph, with the dimensions that were concluded
  std::map<std::string, std::string> metadata = {};  // what programs noted in the file
  std::vector<OwnBits> bits = {};  // of each layer; empty where import_model() made this
};

/// Under which a file that bitloom exported notes how images are normalised.
inline constexpr const char* kNormalizationNote = "bitloom.normalization";

/// Whether `name` is a file of ONNX by its ending, `.onnx`, in whatever case.
bool is_model_file(const std::string& name);

/// Reads the network of `path`, under the file's own name. `shapes` give inputs sizes that the file
/// leaves open, or others than its own. Where the first input begins with a number of images the
/// graph is one image's, if its products confirm that they are images; a sequence of features, of
/// three dimensions, begins with its steps.
///
/// A UserError names the file and what of it is no ONNX, the input with open sizes, or the product
/// whose operands have no known shape.
Imported import_model(const std::string& path, const InputShapes& shapes = {});

/// The bits of each layer of import_model(), in the order of its layers. It reads weights, which a
/// price does not.
std::vector<OwnBits> own_bits_of(const std::string& path, const InputShapes& shapes = {});

}  // namespace bitloom::onnx
