#include <gtest/gtest.h>

#include "tests/rtl/layer_check.h"
#include "tests/rtl/test_cores.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom::verify {

/// The arrays that the programs do not bring along.
std::span<const LinkedCore> large_cores();

namespace {

std::unique_ptr<Core> make(const LinkedCore& linked) { return linked.make(linked.parameters); }

class Array : public ::testing::TestWithParam<LinkedCore> {};

std::string array_name(const ::testing::TestParamInfo<LinkedCore>& info) {
  const CoreParameters& p = info.param.parameters;
  return std::to_string(p.dm) + "x" + std::to_string(p.dk) + "x" + std::to_string(p.dn) + "_port" +
         std::to_string(p.result_port_bits);
}

TEST_P(Array, ComputesRandomLayersInTheCyclesOfTheModels) {
  const auto core = make(GetParam());
  EXPECT_EQ(check_random_layers(*core, 1000, 1, 12000, 0), "");
}

TEST_P(Array, KeepsValuesAndTheRulesOfStallsUnderRandomStalls) {
  const auto core = make(GetParam());
  EXPECT_EQ(check_random_layers(*core, 300, 2, 6000, 1), "");
}

INSTANTIATE_TEST_SUITE_P(Test, Array, ::testing::ValuesIn(test_cores().begin(), test_cores().end()),
                         array_name);
INSTANTIATE_TEST_SUITE_P(Shipped, Array,
                         ::testing::ValuesIn(shipped_cores().begin(), shipped_cores().end()),
                         array_name);
INSTANTIATE_TEST_SUITE_P(Large, Array,
                         ::testing::ValuesIn(large_cores().begin(), large_cores().end()),
                         array_name);

TEST(LargeCores, HaveThePipelineOfTheCloudsDescription) {
  EXPECT_EQ(make(large_cores().front())->pipeline_cycles(),
            bitloom::testing::shipped_hardware("bismo-cloud-rtl").pipeline_cycles);
}

}  // namespace
}  // namespace bitloom::verify
