// The methods of the table on a loss that tells what it is asked.
#include "search/measure/sensitivity_methods.h"

#include <gtest/gtest.h>

#include <cmath>

#include "search/measure/loss_curvature.h"
#include "search/measure/sample_mean.h"

namespace bitloom::search {
namespace {

using Rows = SensitivityTask::Rows;
using Measured = std::vector<TensorSensitivity>;

constexpr std::size_t kTensors = 4;

/// Figures that are functions of the seed and of what they are of.
class DrawnCurvature : public LossCurvature {
 public:
  std::size_t tensors() const override { return kTensors; }
  std::int64_t images() const override { return 8; }
  std::vector<double> trace_probe(std::uint64_t seed, std::int64_t number) override {
    ++asked;
    std::vector<double> found;
    for (std::size_t i = 0; i < kTensors; ++i)
      found.push_back(static_cast<double>(i) +
                      std::sin(static_cast<double>(seed) + static_cast<double>(number)));
    return found;
  }
  Eigenvalues eigenvalues(std::size_t tensor, std::uint64_t seed) override {
    ++asked;
    const auto value = static_cast<double>(10 * tensor + seed);
    return {{value, 1}, {0.5, 0.25}, 7};
  }
  std::vector<double> squared_gradients(
      const std::function<void(std::int64_t)>& progress) override {
    progress(images());
    return {1, 2, 3, 4};
  }

  int asked = 0;
};

Measured measure(std::string_view method, DrawnCurvature& loss, const SensitivityTask& task) {
  Measured tensors(kTensors);
  find_sensitivity_method(method).measure(loss, task, tensors);
  return tensors;
}

std::vector<double> figures(std::string_view method, const Measured& tensors) {
  std::vector<double> values;
  for (const TensorSensitivity& tensor : tensors)
    values.push_back(find_sensitivity_method(method).figure(tensor).value);
  return values;
}

TEST(SensitivityMethods, FindTheFiguresThatTheyAreNamedFor) {
  DrawnCurvature loss;
  EXPECT_EQ(figures("eigenvalue", measure("eigenvalue", loss, {.seed = 3})),
            (std::vector<double>{3, 14, 25, 36}));
  EXPECT_EQ(figures("fisher", measure("fisher", loss, {})), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(figures("mse", measure("mse", loss, {})), (std::vector<double>{1, 1, 1, 1}));
  const Measured traced = measure("trace", loss, {.probes = 40});
  EXPECT_NEAR(*traced[3].trace, 3 + *traced[0].trace, 1e-12);
  EXPECT_EQ(find_sensitivity_method("trace").figure(traced[0]).error, traced[0].standard_error);
  EXPECT_EQ(traced[0].probes, 40);
}

TEST(SensitivityMethods, ProbeTheTraceUntilItsErrorIsSmallAndThirtyTimesAtLeast) {
  DrawnCurvature loss;
  Rows last;
  const SensitivityTask task{
      .probes = 400, .relative_error = 1e9, .save = [&](const Rows& rows) { last = rows; }};
  measure("trace", loss, task);
  EXPECT_EQ(loss.asked, 30);
  ASSERT_EQ(last.size(), kTensors);
  EXPECT_EQ(last.front().size(), 30u);
  EXPECT_EQ(mean_of({1, 3}).mean, 2);
  EXPECT_EQ(mean_of({1, 3}).standard_error, 1);
  EXPECT_EQ(largest_relative_error({{1, 3}, {4, 4}, {0, 0}}), 0.5);
}

/// Interrupted after each of its saves, every method ends with the same bits, asks nothing twice
/// and tells where it goes on.
TEST(SensitivityMethods, GoOnAsIfNeverInterrupted) {
  for (const SensitivityMethod& method : sensitivity_methods()) {
    DrawnCurvature whole_loss;
    std::vector<Rows> saved;
    const SensitivityTask task{
        .seed = 5, .probes = 35, .save = [&](const Rows& rows) { saved.push_back(rows); }};
    const Measured whole = measure(method.name, whole_loss, task);
    EXPECT_EQ(static_cast<int>(saved.size()), whole_loss.asked) << method.name;
    for (std::size_t i = 0; i < saved.size(); ++i) {
      DrawnCurvature loss;
      double begun_at = -1;
      const Measured rest =
          measure(method.name, loss,
                  {.seed = 5, .probes = 35, .rows = saved[i], .begin_at = [&](double done) {
                     begun_at = done;
                   }});
      EXPECT_EQ(figures(method.name, rest), figures(method.name, whole)) << method.name;
      EXPECT_EQ(loss.asked, whole_loss.asked - static_cast<int>(i) - 1) << method.name;
      EXPECT_EQ(begun_at, static_cast<double>(i + 1)) << method.name;
    }
  }
}

TEST(SensitivityMethods, OfAnotherNameAreRefused) {
  EXPECT_EQ(find_sensitivity_method("mse").name, "mse");
  EXPECT_THROW(find_sensitivity_method("traces"), std::exception);
}

}  // namespace
}  // namespace bitloom::search
