#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/filter_bits.h"
#include "models/graph/layer_shape.h"
#include "models/graph/zoo/zoo.h"
#include "pipelines/host.h"
#include "pipelines/manifest.h"
#include "sim/settings.h"
#include "sim/simulator.h"

/// What most pipelines are asked: a network, hardware, bits, an engine.
namespace bitloom::pipelines {

/// As `--image-size` takes it: `224`, or `800x1344`, height first.
std::string to_text(graph::Extent image_size);

/// A network of the zoo, a file of ONNX, or a table of layers.
struct NetworkChoice {
  std::string name;                                 // of the zoo, or the file of ONNX
  std::optional<graph::Extent> image_size = {};     // of the zoo's; the size it was published at
  std::optional<std::string> table = {};            // instead: a file, graph::read_layer_table()
  std::optional<std::int64_t> classes = {};         // of the last layer; else as it was published
  std::map<std::string, graph::Shape> inputs = {};  // of ONNX, which may leave sizes open
  std::optional<std::string> table_text = {};       // what is in `table`, where it is no file
};

/// A network with its layers. Of a table's the graph has a name and no nodes.
struct Network {
  graph::Graph graph;
  std::vector<graph::LayerShape> layers;
  std::optional<std::int64_t> batch = {};   // that a table's rows say
  graph::Policy bits = {};                  // that a table's rows say; else empty
  std::map<std::string, int> beside = {};   // of ONNX: nodes that are no products, by operator
  std::map<std::string, int> unknown = {};  // those of which nothing is known
  /// Bits that a file of ONNX quantizes its layers to; a UserError names one that it does not.
  std::function<graph::Policy()> own_bits = {};
  std::vector<std::string> places = {};  // of a table: each layer's file and line

  /// Where layer `i` is from, for complaints.
  std::string place(std::size_t i) const;

  /// The shape of an image; empty where a table does not say it.
  graph::Shape input() const {
    return graph.nodes().empty() ? graph::Shape{} : graph.nodes().front().shape;
  }
};
/// A UserError where no network has that name, it takes no images of that size, or the table or
/// the file of ONNX is wrong. Warns of operators of which nothing is known.
Network load(const NetworkChoice& choice, const Host& host = {});
void declare(const NetworkChoice& choice, Manifest& manifest);
/// A UserError where `name` is no file of ONNX and no network has that name.
void require_known_network(const std::string& name);

/// A machine: a name in the host's folder of descriptions, or a YAML file.
struct HardwareChoice {
  std::string name;
  std::optional<std::int64_t> batch = {};        // images priced together; else the machine's own
  std::optional<std::string> energy_table = {};  // a file with constants in place of the machine's
  hardware::Settings settings = {};              // of keys of the description: array.dm=8
  std::optional<std::string> text = {};          // the description itself: parse_hardware()
};
/// A UserError names what of the file or the settings is wrong, or the nearest names.
hardware::Hardware load(const HardwareChoice& choice, const Host& host);
/// Whose energies a machine has that gives none of its own, or not all, and no table of energies
/// gives either; else empty.
std::string default_energies_text(const std::string& name, const hardware::Hardware& machine,
                                  bool has_table = false);
/// A UserError where `name` is no file and the host knows no hardware of that name.
void require_known_hardware(const std::string& name, const Host& host);
/// Declares what the choice came to: batch and description.
void declare(const HardwareChoice& choice, const hardware::Hardware& machine, Manifest& manifest);

/// Bits that a program has, an entry for each layer.
struct ListedPolicy {
  std::string name;  // complaints begin with it
  graph::Policy bits;
};

/// The bits of every layer: those listed, a file's, else the same for all.
struct PolicyChoice {
  std::optional<graph::Precision> bits = {};  // 8/8
  std::optional<std::string> file = {};
  std::optional<graph::Precision> edge_layers = {};  // of the first and last layer
  bool of_model = false;  // instead of bits and file: those that the file of ONNX has
  std::optional<ListedPolicy> listed = {};  // instead of all of them

  bool is_given() const { return bits || file || edge_layers || of_model || listed; }
};
/// Where neither is chosen, the bits that a table's rows say.
graph::Policy load(const PolicyChoice& choice, const Network& network,
                   graph::Activations activations = graph::Activations::kInteger);

/// The same where layers may have bits by filter.
graph::FilterPolicy load_by_filter(const PolicyChoice& choice, const Network& network,
                                   graph::Activations activations = graph::Activations::kInteger);

/// How schedules are priced, and by how many processes.
struct EngineChoice {
  sim::EngineOptions options = {};
  int jobs = 1;

  std::string name() const { return std::string(options.engine.name); }
};
void declare(const EngineChoice& choice, Manifest& manifest);

}  // namespace bitloom::pipelines
