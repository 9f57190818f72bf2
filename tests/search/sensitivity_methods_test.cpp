// The methods of the table on a loss that tells what it is asked.
#include "search/measure/sensitivity_methods.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "search/measure/loss_curvature.h"
#include "search/measure/lowered_operands.h"
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
  /// Two images at once: of tensor i one i, the other i + 2.
  std::int64_t squared_gradients(std::int64_t first, std::vector<std::vector<double>>& rows,
                                 FilterSums* filters,
                                 const std::function<void(std::int64_t)>& progress) override {
    ++asked;
    EXPECT_EQ(first % 2, 0);
    for (std::size_t i = 0; i < kTensors; ++i)
      for (const double more : {0.0, 2.0}) rows[i].push_back(static_cast<double>(i) + more);
    if (filters)
      for (std::vector<double>& of_layer : *filters)
        for (std::size_t f = 0; f < of_layer.size(); ++f)
          of_layer[f] += 2.0 * static_cast<double>(f);
    progress(2);
    return 2;
  }

  int asked = 0;
};

/// Changes of two images at two widths: of tensor i at b bits (i + 1) / b, and 2 more.
class DrawnLowering : public LoweredOperands {
 public:
  explicit DrawnLowering(int& asked) : asked_(asked) {}
  std::size_t tensors() const override { return kTensors; }
  const std::vector<int>& bits() const override { return bits_; }
  std::int64_t images() const override { return 2; }
  std::vector<double> changes(std::size_t tensor, int bits, OutputChange) override {
    ++asked_;
    const double one = (1 + static_cast<double>(tensor)) / bits;
    return {one, one + 2};
  }
  /// One image at once: of entry i -i, then i + 2.
  std::int64_t slopes(std::int64_t first, std::vector<std::vector<double>>& rows,
                      const std::function<void(std::int64_t)>& progress) override {
    ++asked_;
    for (std::size_t i = 0; i < rows.size(); ++i)
      rows[i].push_back(first == 0 ? -static_cast<double>(i) : static_cast<double>(i) + 2);
    progress(1);
    return 1;
  }

 private:
  int& asked_;
  std::vector<int> bits_{2, 4};
};

Measured measure(std::string_view name, DrawnCurvature& loss, const SensitivityTask& task) {
  Measured tensors(kTensors);
  const SensitivityMethod& method = find_sensitivity_method(name);
  DrawnLowering lowered(loss.asked);
  if (method.measure) method.measure(loss, task, tensors);
  if (method.measure_widths) method.measure_widths(lowered, task, tensors);
  return tensors;
}

std::vector<double> figures(std::string_view method, const Measured& tensors) {
  std::vector<double> values;
  for (const TensorSensitivity& tensor : tensors)
    values.push_back(find_sensitivity_method(method).figure(tensor)->value);
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
  EXPECT_EQ(find_sensitivity_method("trace").figure(traced[0])->error, traced[0].standard_error);
  EXPECT_EQ(traced[0].probes, 40);
}

TEST(SensitivityMethods, MeasureEachWidthWithItsError) {
  DrawnCurvature loss;
  const Measured found = measure("divergence", loss, {});
  EXPECT_EQ(loss.asked, 8);
  EXPECT_EQ(found[3].change, (std::map<int, double>{{2, 3}, {4, 2}}));
  EXPECT_EQ(found[3].change_error, (std::map<int, double>{{2, 1}, {4, 1}}));
  EXPECT_EQ(upper_bound(change_at(found[0], 4)), 1.25 + 2);
  const Measured slopes = measure("gradient", loss, {});
  EXPECT_EQ(slopes[3].change, (std::map<int, double>{{2, 7}, {4, 8}}));  // of |-6| and 8, ..
  EXPECT_EQ(slopes[3].change_error, (std::map<int, double>{{2, 1}, {4, 1}}));
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
      const double a_step = method.name == "fisher" ? 2 : 1;
      EXPECT_EQ(begun_at, a_step * static_cast<double>(i + 1)) << method.name;
    }
  }
}

TEST(SensitivityMethods, TellHowManyProbesAreLeftByTheErrorsGoal) {
  DrawnCurvature loss;
  std::vector<std::int64_t> told;
  measure("trace", loss,
          {.probes = 400, .relative_error = 0.3, .update = [&](double, std::int64_t of, auto) {
             told.push_back(of);
           }});
  ASSERT_EQ(told.size(), static_cast<std::size_t>(loss.asked));
  EXPECT_EQ(told.front(), 400);  // one probe has no error
  EXPECT_EQ(told.back(), loss.asked);
  EXPECT_TRUE(std::any_of(told.begin(), told.end(), [](auto of) { return of > 30 && of < 400; }));
}

TEST(SensitivityMethods, CountWhatIsMeasuredBadlyByItsUpperBound) {
  EXPECT_EQ(upper_bound({3, 0.5}), 4);
  EXPECT_EQ(upper_bound({-3, 0.5}), 1);
  EXPECT_EQ(upper_bound({3, {}}), 3);
  EXPECT_EQ(upper_bound({-3, {}}), 0);
  EXPECT_FALSE(is_lost_in_noise({3, 1}));
  EXPECT_TRUE(is_lost_in_noise({2, 1}));
  EXPECT_TRUE(is_lost_in_noise({-3, 1}));
  EXPECT_TRUE(is_lost_in_noise({0, {}}));
  EXPECT_FALSE(is_lost_in_noise({1e-9, {}}));
}

TEST(SensitivityMethods, WarnOfLayersThatCannotBeToldFromZero) {
  const auto trace = [](double value, double error) {
    TensorSensitivity tensor;
    tensor.trace = value, tensor.standard_error = error;
    return tensor;
  };
  Sensitivity found{.network = "n", .method = "trace", .quantizer = "uniform", .layers = {}};
  found.layers = {{"a", trace(3, 1), trace(2, 0.1)}, {"b", trace(1, 0.1), {}}};
  EXPECT_FALSE(noise_warning(found));
  found.layers.push_back({"c", trace(1, 1), trace(-1, 1)});
  found.layers.push_back({"d", trace(9, 1), trace(1, 1)});
  EXPECT_THAT(noise_warning(found).value_or(""),
              ::testing::StartsWith("2 of 4 layers have figures by trace that"));
}

TEST(SensitivityMethods, OfAnotherNameAreRefused) {
  EXPECT_EQ(find_sensitivity_method("mse").name, "mse");
  EXPECT_THROW(find_sensitivity_method("traces"), std::exception);
}

}  // namespace
}  // namespace bitloom::search
