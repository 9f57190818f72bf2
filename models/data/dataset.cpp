#include "models/data/dataset.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/numbers.h"
#include "base/text.h"
#include "models/data/image_file.h"
#include "models/data/shapes32/shapes32.h"
#include "models/data/sources.h"

namespace bitloom::data {

std::uint64_t Dataset::fingerprint(std::int64_t index) const {
  const Image whole = image(index);
  const auto bytes = [](const auto& values) {
    return std::string_view(reinterpret_cast<const char*>(values.data()),
                            values.size() * sizeof(values[0]));
  };
  return Fnv1a()
      .add_part(std::to_string(label(index)))
      .add(bytes(whole.pixels))
      .add(bytes(whole.reals))
      .value();
}
namespace {

using Arguments = std::vector<std::string>;

struct Source {
  SourceKind kind;
  std::unique_ptr<Dataset> (*make)(const Arguments& arguments, Part part);  // null: not understood
};

std::unique_ptr<Dataset> shapes32_of(const Arguments& arguments, Part part) {
  if (arguments.empty()) return make_shapes32(0, part);
  const auto seed = parse_unsigned(arguments[0]);
  return seed && arguments.size() == 1 ? make_shapes32(*seed, part) : nullptr;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> table{
      {{"cifar10", "FILE[,FILE..]", "CIFAR-10's binary records, such as test_batch.bin"},
       [](const Arguments& files, Part) { return files.empty() ? nullptr : load_cifar10(files); }},
      {{"cifar100", "FILE[,FILE..]", "CIFAR-100's binary records, by fine label, such as test.bin"},
       [](const Arguments& files, Part) { return files.empty() ? nullptr : load_cifar100(files); }},
      {{"idx", "IMAGES,LABELS", "MNIST's idx files, of one channel or three"},
       [](const Arguments& files, Part) {
         return files.size() == 2 ? load_idx(files[0], files[1]) : nullptr;
       }},
      {{"npy", "X.npy,Y.npy",
        "NumPy arrays: inputs (uint8: pixels; float32, int64: what the network takes) and labels"},
       [](const Arguments& files, Part) {
         return files.size() == 2 ? load_arrays(files[0], files[1]) : nullptr;
       }},
      {{"images", "FILE.csv",
        "a table with columns file and class_index; image files beside it or in images/: " +
            image_endings()},
       [](const Arguments& files, Part) {
         return files.size() == 1 ? load_image_list(files[0]) : nullptr;
       }},
      {{"folder", "DIR", "a folder of image files for each class, in order of name"},
       [](const Arguments& folders, Part) {
         return folders.size() == 1 ? load_image_folder(folders[0]) : nullptr;
       }},
      {{"shapes32", "SEED or shapes32",
        "generated, by seed 0 unless told: 10 classes at 32 x 32; 50,000 images to train, "
        "10,000 to validate, 10,000 to "
        "test"},
       shapes32_of},
  };
  return table;
}

/// What stands behind the colon, at its commas.
Arguments arguments_of(const std::string& spec, std::size_t colon) {
  Arguments arguments;
  while (colon < spec.size()) {
    const std::size_t comma = std::min(spec.find(',', colon + 1), spec.size());
    arguments.push_back(spec.substr(colon + 1, comma - colon - 1));
    colon = comma;
  }
  return arguments;
}

}  // namespace

void require_known_source(const std::string& spec) {
  const std::string name = spec.substr(0, spec.find(':'));
  std::vector<std::string> names;
  for (const Source& source : sources()) names.push_back(source.kind.name);
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw unknown_name("data set", name, names);
}

std::unique_ptr<Dataset> make_dataset(const std::string& spec, Part part) {
  const std::size_t colon = std::min(spec.find(':'), spec.size());
  require_known_source(spec);
  const std::string name = spec.substr(0, colon);
  for (const Source& source : sources()) {
    if (source.kind.name != name) continue;
    const Arguments arguments = arguments_of(spec, colon);
    const bool has_empty = std::find(arguments.begin(), arguments.end(), "") != arguments.end();
    if (!has_empty)
      if (auto dataset = source.make(arguments, part)) return dataset;
    throw UserError(
        fmt::format("data '{}': {}:{} would be right", excerpt(spec), name, source.kind.arguments));
  }
  throw InternalError("a known data set that no row makes");
}

std::vector<SourceKind> source_kinds() {
  std::vector<SourceKind> kinds;
  for (const Source& source : sources()) kinds.push_back(source.kind);
  return kinds;
}

bool is_generated(const std::string& spec) { return spec.substr(0, spec.find(':')) == "shapes32"; }

void require_labels_below(const Dataset& dataset, std::int64_t outputs) {
  if (dataset.classes() <= outputs) return;
  for (std::int64_t index = 0; index < dataset.size(); ++index)
    if (const std::int64_t label = dataset.label(index); label < 0 || label >= outputs)
      throw UserError(fmt::format("{}: label {} must be in [0, {}], the network has {} outputs",
                                  dataset.place(index), label, outputs - 1, outputs));
}

}  // namespace bitloom::data
