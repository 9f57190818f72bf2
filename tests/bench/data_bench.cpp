// What an image costs on its way from a source to a batch, on one thread.

#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "models/data/loader.h"

namespace bitloom::data {
namespace {

/// A file of 10,000 records of CIFAR-10's format, made here.
class RecordFile {
 public:
  RecordFile() : path_(std::filesystem::temp_directory_path() / "bitloom_data_bench.bin") {
    std::ofstream file(path_, std::ios::binary);
    std::string record(3073, '\0');
    for (int i = 0; i < 10'000; ++i) {
      for (std::size_t j = 0; j < record.size(); ++j)
        record[j] = static_cast<char>(j == 0 ? i % 10 : (i * 31 + static_cast<int>(j) * 7) % 256);
      file << record;
    }
  }
  ~RecordFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  RecordFile(const RecordFile&) = delete;
  RecordFile& operator=(const RecordFile&) = delete;
  std::string spec() const { return "cifar10:" + path_.string(); }

 private:
  std::filesystem::path path_;
};

void load(benchmark::State& state, const std::string& spec, Augmentation augmentation) {
  const std::shared_ptr<const Dataset> dataset = make_dataset(spec, Part::kTrain);
  LoaderOptions options;
  options.input = {3, 32, 32};
  options.normalization = parse_normalization("imagenet");
  options.epochs = 1'000'000;
  options.shuffle = true;
  options.augmentation = augmentation;
  options.threads = 0;
  Loader loader(dataset, options);
  for (auto _ : state) benchmark::DoNotOptimize(loader.next());
  state.counters["image"] =
      benchmark::Counter(static_cast<double>(state.iterations() * options.batch_size),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void cifar10(benchmark::State& state) {
  const RecordFile file;
  load(state, file.spec(), Augmentation::kNone);
}
void cifar10_augmented(benchmark::State& state) {
  const RecordFile file;
  load(state, file.spec(), Augmentation::kPadCropFlip);
}
void shapes32(benchmark::State& state) { load(state, "shapes32", Augmentation::kNone); }
void shapes32_augmented(benchmark::State& state) {
  load(state, "shapes32", Augmentation::kPadCropFlip);
}

void resize_500x375_to_224(benchmark::State& state) {
  const Image image(3, 375, 500);
  for (auto _ : state) benchmark::DoNotOptimize(fit(image, {3, 224, 224}));
}

BENCHMARK(cifar10)->Unit(benchmark::kMillisecond);
BENCHMARK(cifar10_augmented)->Unit(benchmark::kMillisecond);
BENCHMARK(shapes32)->Unit(benchmark::kMillisecond);
BENCHMARK(shapes32_augmented)->Unit(benchmark::kMillisecond);
BENCHMARK(resize_500x375_to_224)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bitloom::data
