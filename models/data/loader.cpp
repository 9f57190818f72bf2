#include "models/data/loader.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <numeric>
#include <thread>

#include <fmt/format.h>

#include "base/counter_random.h"
#include "base/error.h"

namespace bitloom::data {
namespace {

using Order = std::vector<std::int64_t>;

/// 0 to size - 1, shuffled by Fisher and Yates' method where asked.
Order order_of_epoch(std::int64_t size, const LoaderOptions& options, std::int64_t epoch) {
  Order order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  if (!options.shuffle) return order;
  constexpr std::uint64_t kStream = 0x0bd3;  // apart from the augmentations of the same seed
  CounterRandom random{kStream, options.seed, static_cast<std::uint64_t>(epoch)};
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[random.below(static_cast<std::uint32_t>(left))]);
  return order;
}

/// Sizes of 1 in front hold the same values.
std::vector<std::int64_t> without_leading_ones(const std::vector<std::int64_t>& sizes) {
  return {std::find_if(sizes.begin(), sizes.end(), [](std::int64_t size) { return size != 1; }),
          sizes.end()};
}

/// That of pixels; real numbers are taken as they are, whatever the network's normalization.
Normalizer normalizer_of(const Dataset& dataset, const LoaderOptions& options) try {
  const Normalization& own = options.input.is_image() ? options.normalization : Normalization{};
  return {own, options.input.channels};
} catch (const UserError& misfit) {
  const bool has_pixels = dataset.size() == 0 || dataset.image(0).reals.empty();
  if (misfit.kind() != UserError::Kind::kInput || has_pixels) throw;
  return {{}, options.input.channels};
}

}  // namespace

/// Batches are numbered through all epochs. Threads take the next number that is to be prepared
/// (`claimed_`), next() waits for the one that it is to give (`taken_`).
class Loader::Impl {
 public:
  Impl(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, Position start)
      : dataset_(std::move(dataset)),
        options_(options),
        normalizer_(normalizer_of(*dataset_, options)) {
    ensure(options.batch_size > 0 && options.threads >= 0 && options.prefetch > 0,
           "a loader's batches are not empty and its threads not negative");
    const std::int64_t size = dataset_->size();
    ensure(size > 0 && size <= UINT32_MAX, "a data set holds images, at most 2^32");
    batches_ = (size + (options.drop_last ? 0 : options.batch_size - 1)) / options.batch_size;
    if (batches_ == 0)
      throw UserError(fmt::format("batch size {}: larger than the data set of {} images",
                                  options.batch_size, size));
    end_ = options.epochs * batches_;
    claimed_ = taken_ = start.epoch * batches_ + start.batch;
    for (int i = 0; i < options.threads; ++i)
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }

  std::int64_t batches_per_epoch() const { return batches_; }

  std::optional<Batch> next() {
    if (taken_ >= end_) return std::nullopt;
    if (threads_.empty()) {
      Batch batch = prepare(taken_, *order_of(taken_));
      ++taken_;
      return batch;
    }
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return done_.contains(taken_); });
    const auto found = done_.find(taken_);
    if (found->second.failure) std::rethrow_exception(found->second.failure);
    Batch batch = std::move(found->second.batch);
    done_.erase(found);
    ++taken_;
    room_.notify_all();
    return batch;
  }

 private:
  struct Outcome {
    Batch batch;
    std::exception_ptr failure;
  };

  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      const auto has_room = [&] {
        return claimed_ < end_ && claimed_ < taken_ + options_.prefetch;
      };
      if (!room_.wait(lock, stop, has_room) || stop.stop_requested()) return;
      const std::int64_t number = claimed_++;
      const std::shared_ptr<const Order> order = order_of(number);
      lock.unlock();
      Outcome outcome;
      try {
        outcome.batch = prepare(number, *order);
      } catch (...) {
        outcome.failure = std::current_exception();
      }
      lock.lock();
      done_.emplace(number, std::move(outcome));
      ready_.notify_all();
    }
  }

  /// The order of the epoch that batch `number` belongs to; the last one is kept.
  std::shared_ptr<const Order> order_of(std::int64_t number) {
    const std::int64_t epoch = number / batches_;
    if (!order_ || epoch != order_epoch_) {
      order_ = std::make_shared<const Order>(order_of_epoch(dataset_->size(), options_, epoch));
      order_epoch_ = epoch;
    }
    return order_;
  }

  Batch prepare(std::int64_t number, const Order& order) const {
    Batch batch;
    batch.position = {number / batches_, number % batches_};
    batch.last_of_epoch = batch.position.batch == batches_ - 1;
    batch.input = options_.input;
    const auto first = order.begin() + batch.position.batch * options_.batch_size;
    batch.indices.assign(first, first + std::min(options_.batch_size, order.end() - first));
    batch.size = static_cast<std::int64_t>(batch.indices.size());
    const std::int64_t floats = options_.input.values();
    batch.images.resize(static_cast<std::size_t>(batch.size * floats));
    float* out = batch.images.data();
    for (const std::int64_t index : batch.indices) {
      prepare_input(batch.position.epoch, index, out);
      batch.labels.push_back(dataset_->label(index));
      out += floats;
    }
    return batch;
  }

  /// Writes an input; pixels are varied, fitted and normalized, real numbers taken as they are.
  void prepare_input(std::int64_t epoch, std::int64_t index, float* out) const {
    Image image = dataset_->image(index);
    if (image.reals.empty()) {
      normalizer_(prepared(std::move(image), epoch, index), out);
      return;
    }
    const std::vector<std::int64_t> wanted = options_.input.sizes();
    if (without_leading_ones(image.sizes) != without_leading_ones(wanted))
      throw UserError(fmt::format("{}: takes {}, and {} is {}", options_.network,
                                  sizes_text(wanted), dataset_->place(index),
                                  sizes_text(image.sizes)));
    std::copy(image.reals.begin(), image.reals.end(), out);
  }

  Image prepared(Image image, std::int64_t epoch, std::int64_t index) const {
    if (!options_.input.is_image())
      throw UserError(fmt::format(
          "{}: takes {}, no images, and {} is one of {}; npy:X.npy,Y.npy with what it takes in X "
          "would be right",
          options_.network, sizes_text(options_.input.sizes()), dataset_->place(index),
          sizes_text({image.channels, image.height, image.width})));
    if (image.channels != 1 && image.channels != options_.input.channels)
      throw UserError(fmt::format("{}: takes images of {} channels, and {} has {}{}",
                                  options_.network, options_.input.channels, dataset_->place(index),
                                  image.channels, channels_last_hint(image.channels)));
    return augment(std::move(image), options_.augmentation, options_.input, options_.seed, epoch,
                   index);
  }

  /// Of a network that was written for images with their channels last.
  std::string channels_last_hint(std::int64_t channels) const {
    const InputSize& input = options_.input;
    if (input.width != channels || input.height != input.channels) return "";
    return fmt::format(
        "; its input of {} x {} x {} seems to have the channels last: export it "
        "with them first ({} x {} x {})",
        input.channels, input.height, input.width, input.width, input.channels, input.height);
  }

  std::shared_ptr<const Dataset> dataset_;
  LoaderOptions options_;
  Normalizer normalizer_;
  std::int64_t batches_ = 0;  // of an epoch
  std::int64_t end_ = 0;

  std::mutex mutex_;  // of all below, where there are threads
  std::condition_variable_any room_, ready_;
  std::int64_t claimed_ = 0, taken_ = 0;
  std::map<std::int64_t, Outcome> done_;
  std::shared_ptr<const Order> order_;
  std::int64_t order_epoch_ = 0;

  std::vector<std::jthread> threads_;  // last: they stop before what they use goes
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, const LoaderOptions& options, Position start)
    : impl_(std::make_unique<Impl>(std::move(dataset), options, start)) {}

Loader::~Loader() = default;

std::optional<Batch> Loader::next() { return impl_->next(); }

std::int64_t Loader::batches_per_epoch() const { return impl_->batches_per_epoch(); }

}  // namespace bitloom::data
