#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/data/augmentation.h"
#include "models/data/dataset.h"
#include "models/data/normalization.h"
#include "models/data/preparation.h"

namespace bitloom::data {

/// A batch's place among all: batch `batch` of epoch `epoch`, from 0.
struct Position {
  std::int64_t epoch = 0;
  std::int64_t batch = 0;

  bool operator==(const Position&) const = default;
};

/// Images as a network takes them. `images` is contiguous, [size][channels][height][width] or
/// [size] and the sizes of an input that is no image.
struct Batch {
  Position position;
  bool last_of_epoch = false;
  std::int64_t size = 0;
  InputSize input;
  std::vector<float> images;
  std::vector<std::int64_t> labels;
  std::vector<std::int64_t> indices;  // in the data set
};

struct LoaderOptions {
  InputSize input;
  Normalization normalization;
  std::int64_t batch_size = 128;
  std::int64_t epochs = 1;  // next() ends after them
  bool shuffle = false;     // each epoch in an order of its own, a function of (seed, epoch)
  bool drop_last = false;   // leave out an epoch's last batch where it is not full
  Augmentation augmentation = Augmentation::kNone;
  std::uint64_t seed = 0;
  int threads = 1;                      // that prepare batches ahead; 0: next() does it itself
  std::int64_t prefetch = 4;            // batches that are ready at most
  std::string network = "the network";  // that takes them, for complaints
};

/// Batches of a data set in order. What a batch holds is a function of the data set, the options
/// (threads and prefetch apart) and its position, so that a loader started at a position goes on as
/// one that came there.
class Loader {
 public:
  explicit Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options,
                  Position start = {});
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// The next batch, nothing after the last one of the last epoch. Throws what went wrong when it
  /// was prepared.
  std::optional<Batch> next();
  /// Batches of one epoch.
  std::int64_t batches_per_epoch() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bitloom::data
