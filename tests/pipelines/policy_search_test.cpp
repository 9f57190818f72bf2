// A search called as a program would: options in, a policy out.
#include "pipelines/policy_search.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/search/tiny_network.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

class PolicySearch : public ::testing::Test {
 protected:
  PolicySearch() {
    const auto layers = graph::layers_of(graph::make_network("resnet20"));
    sensitivity_ = folder_.write(
        "s.json", search::sensitivity_json(testing::drawn_sensitivity("resnet20", layers)));
  }

  PolicySearchOptions half_of_latency() const {
    return {.space = {.network = {.name = "resnet20"},
                      .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"},
                      .budgets = {{.cost = 0, .value = 0.5}}},
            .sensitivity = sensitivity_};
  }

  testing::TemporaryFolder folder_;
  std::string sensitivity_;
};

TEST_F(PolicySearch, KeepsItsBudgetAndTellsItsSteps) {
  std::vector<std::string> steps;
  const FoundPolicy found =
      search_policy(half_of_latency(), {.progress = [&](const Progress& told) {
                      if (told.ended) steps.emplace_back(told.step);
                    }});
  EXPECT_LE(found.search.solution.costs[0], found.priced->costs_at_8_bits[0] / 2);
  EXPECT_TRUE(found.search.solution.proved_optimal);
  EXPECT_EQ(steps, (std::vector<std::string>{"price", "search"}));
}

TEST_F(PolicySearch, GoesOnInAFolderOnlyWithTheSameImages) {
  PolicySearchOptions options = half_of_latency();
  options.folder = folder_.file("run");
  search_policy(options);
  search_policy(options);
  options.space.network.image_size = graph::Extent{64, 32};
  EXPECT_EQ(testing::complaint([&] { search_policy(options); }),
            folder_.file("run/manifest.json") +
                ": the run there has image_size null, not \"64x32\"; choose another folder, or the "
                "same options");
  const auto manifest = nlohmann::json::parse(testing::contents(folder_.file("run/manifest.json")));
  EXPECT_EQ(manifest["budgets"], nlohmann::json{"latency=0.5x"});
  EXPECT_EQ(manifest["weight_bits"], "2-8");
}

TEST_F(PolicySearch, RefusesOptionsThatDoNotGoTogether) {
  PolicySearchOptions options = half_of_latency();
  options.points = 8;
  EXPECT_EQ(testing::complaint([&] { search_policy(options); }),
            "--pareto: the frontier goes into a run's folder; add -o FOLDER");
}

TEST(Choices, KeepBitsInTheirBounds) {
  const Network network = load(NetworkChoice{"resnet20"});
  EXPECT_EQ(load(PolicyChoice{.bits = graph::Precision{4, 6}}, network).size(),
            network.layers.size());
  EXPECT_EQ(testing::complaint([&] {
              load(PolicyChoice{.bits = graph::Precision{0, 6}}, network);
            }).rfind("--bits '0/6': must be W/A", 0),
            0u);
}

}  // namespace
}  // namespace bitloom::pipelines
