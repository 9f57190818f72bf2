// Images drawn from files that are sorted by class, or go through the classes in turn.
#include "models/data/draw.h"

#include <functional>
#include <map>

#include <gtest/gtest.h>

namespace bitloom::data {
namespace {

class Labelled final : public Dataset {
 public:
  Labelled(std::int64_t size, std::function<std::int64_t(std::int64_t)> label)
      : size_(size), label_(std::move(label)) {}
  std::int64_t size() const override { return size_; }
  std::int64_t classes() const override { return 10; }
  Image image(std::int64_t) const override { return {}; }
  std::int64_t label(std::int64_t index) const override { return label_(index); }
  std::string place(std::int64_t index) const override { return std::to_string(index); }

 private:
  std::int64_t size_;
  std::function<std::int64_t(std::int64_t)> label_;
};

std::map<std::int64_t, int> images_of_classes(const Dataset& images) {
  std::map<std::int64_t, int> count;
  for (std::int64_t i = 0; i < images.size(); ++i) ++count[images.label(i)];
  return count;
}

TEST(Draw, HasEveryClassInItsProportion) {
  for (const auto& label : std::vector<std::function<std::int64_t(std::int64_t)>>{
           [](std::int64_t i) { return i % 10; }, [](std::int64_t i) { return i / 100; }}) {
    const Drawn drawn = draw(std::make_shared<Labelled>(1000, label), 100);
    EXPECT_EQ(drawn.taken->size(), 100);
    EXPECT_EQ(drawn.left->size(), 900);
    for (const auto& [of, count] : images_of_classes(*drawn.taken)) EXPECT_EQ(count, 10) << of;
    EXPECT_EQ(images_of_classes(*drawn.taken).size(), 10U);
  }
  const auto rare =
      std::make_shared<Labelled>(1000, [](std::int64_t i) { return i < 900 ? 0 : 1; });
  EXPECT_EQ(images_of_classes(*draw(rare, 50).taken),
            (std::map<std::int64_t, int>{{0, 45}, {1, 5}}));
}

TEST(Draw, IsAFunctionOfTheSeed) {
  const auto places = [](std::uint64_t seed) {
    const auto all = std::make_shared<Labelled>(500, [](std::int64_t i) { return i % 10; });
    const Drawn drawn = draw(all, 50, seed);
    std::vector<std::string> of;
    for (std::int64_t i = 0; i < drawn.taken->size(); ++i) of.push_back(drawn.taken->place(i));
    return of;
  };
  EXPECT_EQ(places(1), places(1));
  EXPECT_NE(places(1), places(2));
}

TEST(Draw, PartsTheSet) {
  const auto all = std::make_shared<Labelled>(300, [](std::int64_t i) { return i % 7; });
  const Drawn drawn = draw(all, 123);
  std::map<std::string, int> met;
  for (const auto& part : {drawn.taken, drawn.left})
    for (std::int64_t i = 0; i < part->size(); ++i) ++met[part->place(i)];
  EXPECT_EQ(met.size(), 300U);
}

}  // namespace
}  // namespace bitloom::data
