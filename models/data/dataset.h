#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/data/image.h"

namespace bitloom::data {

/// Labelled images by index. Methods may be called from several threads at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::int64_t size() const = 0;
  /// Labels are below this: 10 for cifar10 and shapes32, 100 for cifar100, the subfolders for
  /// folder, the highest label + 1 elsewhere.
  virtual std::int64_t classes() const = 0;
  /// Whether any run of its images is as good as a random draw.
  virtual bool is_in_random_order() const { return false; }
  /// How many files lie among its images and are none.
  virtual std::int64_t skipped() const { return 0; }
  /// Image `index` of [0, size()). A UserError where its file cannot be decoded.
  virtual Image image(std::int64_t index) const = 0;
  virtual std::int64_t label(std::int64_t index) const = 0;
  /// Where an image comes from, for complaints: `labels.csv:12`, `test_batch.bin: record 3`.
  virtual std::string place(std::int64_t index) const = 0;
  /// Changes with the image and its label, and does not with where it lies: a copy has the same. Of
  /// an image file its size and first 4 KiB count.
  virtual std::uint64_t fingerprint(std::int64_t index) const;
};

/// Which of its images a data set that makes its own gives. Training sees kTrain; searches and the
/// choice of the best weights kValidation; accuracy that is reported kTest.
enum class Part { kTrain, kValidation, kTest };

/// The data set that `spec` names:
///   cifar10:FILE[,FILE..]  CIFAR-10's binary records, 1 label byte + 3 x 32 x 32 pixels
///   cifar100:FILE[,FILE..] CIFAR-100's: a coarse and a fine label, which counts, and the pixels
///   idx:IMAGES,LABELS      MNIST's idx files: [n][h][w] is one channel, [n][3][h][w] and
///                          [n][h][w][3] three
///   npy:X.npy,Y.npy        NumPy arrays: X of uint8 holds pixels as idx does; of float32 or
///   float64
///                          [n] and at least one more, what a network takes as it is; Y labels
///   images:FILE.csv        columns file and class_index, found by name, others ignored; image
///   files
///                          (image_file.h, given as RGB) relative to the CSV's folder or its
///                          images/
///   folder:DIR             a subfolder of image files for each class, sorted by name, with the
///                          folders within it; what is hidden is passed over, other files are
///                          skipped()
///   shapes32[:SEED]        the generated set (shapes32.h): 50,000 images to train, 10,000 to
///                          validate, 10,000 to test
/// Files of cifar and idx may be compressed by gzip. A file that is named twice is refused.
/// `part` chooses among the images of shapes32 alone: of files, the user gives the ones that are
/// meant. A UserError where the spec or a file is wrong; image files are opened when they are read.
std::unique_ptr<Dataset> make_dataset(const std::string& spec, Part part);

/// A UserError where `spec` names no kind of data set; it need not say what of it is wrong.
void require_known_source(const std::string& spec);

/// A kind of data set, as `spec` names it: `name:arguments`.
struct SourceKind {
  std::string name;
  std::string arguments;  // as a user writes them
  std::string doc;
};
std::vector<SourceKind> source_kinds();

/// Whether `spec` names a set that makes its own images, with a part for each use.
bool is_generated(const std::string& spec);

/// A UserError naming the first image whose label is not in [0, outputs), `outputs` being the
/// network's.
void require_labels_below(const Dataset& dataset, std::int64_t outputs);

}  // namespace bitloom::data
