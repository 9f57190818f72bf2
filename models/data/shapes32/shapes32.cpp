#include "models/data/shapes32/shapes32.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "models/data/shapes32/outline.h"
#include "models/data/shapes32/scene.h"

namespace bitloom::data {
namespace {

using shapes32::kShapes;

/// Part of a stream's key, so that it must not depend on the order in which Part lists them.
std::uint64_t key_of(Part part) {
  return part == Part::kTrain ? 0 : part == Part::kValidation ? 1 : 2;
}

const char* name_of(Part part) {
  return part == Part::kTrain ? "training" : part == Part::kValidation ? "validation" : "test";
}

class Shapes32 final : public Dataset {
 public:
  Shapes32(std::uint64_t seed, Part part) : seed_(seed), part_(part) {}

  std::int64_t size() const override { return part_ == Part::kTrain ? 50'000 : 10'000; }
  std::int64_t classes() const override { return std::int64_t{kShapes.size()}; }
  Image image(std::int64_t index) const override {
    return shapes32::draw_scene(
        label(index), CounterRandom{seed_, key_of(part_), static_cast<std::uint64_t>(index)});
  }
  std::int64_t label(std::int64_t index) const override {
    ensure(index >= 0 && index < size(), "an image's index is in the data set");
    return index % classes();
  }
  bool is_in_random_order() const override { return true; }
  std::string place(std::int64_t index) const override {
    return fmt::format("shapes32:{}: {} image {}", seed_, name_of(part_), index);
  }
  std::uint64_t fingerprint(std::int64_t index) const override {
    return Fnv1a().add_part(place(index)).add(std::to_string(key_of(part_))).value();
  }

 private:
  std::uint64_t seed_;
  Part part_;
};

}  // namespace

std::unique_ptr<Dataset> make_shapes32(std::uint64_t seed, Part part) {
  return std::make_unique<Shapes32>(seed, part);
}

}  // namespace bitloom::data
