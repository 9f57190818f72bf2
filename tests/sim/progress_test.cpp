#include <gtest/gtest.h>

#include <algorithm>

#include "models/graph/zoo/zoo.h"
#include "sim/catalogue.h"
#include "sim/engines.h"
#include "sim/simulator.h"

namespace bitloom {
namespace {

std::vector<double> told(sim::Engine engine, std::size_t layers, int jobs) {
  const auto hw = hardware::load_hardware("bismo-edge", BITLOOM_SOURCE_DIR "/configs/hardware");
  auto shapes = graph::layers_of(graph::make_network("resnet20"));
  shapes.resize(layers);
  std::vector<double> done;
  sim::run(shapes, graph::uniform_policy(layers, {8, 8}), hw, 16, {engine},
           {.jobs = jobs, .progress = [&](double now, std::int64_t of) {
              EXPECT_EQ(of, static_cast<std::int64_t>(layers));
              done.push_back(now);
            }});
  return done;
}

TEST(Progress, OfTheCycleEngineIsToldWithinASingleLayer) {
  for (const int jobs : {1, 4}) {
    const std::vector<double> done = told(sim::cycle(), 1, jobs);
    EXPECT_GT(done.size(), 10u);
    EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
    EXPECT_GT(done.front(), 0);
    EXPECT_LT(done.front(), 0.1);
    EXPECT_EQ(done.back(), 1);
  }
}

// The second and the third layer are alike and run once.
TEST(Progress, CountsLayers) {
  EXPECT_EQ(told(sim::analytic(), 3, 1), (std::vector<double>{1.5, 3}));
  EXPECT_EQ(told(sim::cycle(), 3, 2), (std::vector<double>{1.5, 3}));
  EXPECT_EQ(told(sim::cycle(), 3, 1).back(), 3);
}

}  // namespace
}  // namespace bitloom
