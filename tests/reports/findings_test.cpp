// What a search gained, in words.
#include "reports/results/findings.h"

#include <gtest/gtest.h>

namespace bitloom::reports {
namespace {

using Lines = std::vector<std::string>;

Candidate candidate(const std::string& name, const std::string& label, double latency_ms) {
  return {.name = name,
          .label = label,
          .layers = {},
          .costs = {{"analytic", {{"latency_ms", latency_ms}, {"size_mb", 1}}}},
          .post_training = {},
          .finetuned = {}};
}

Lines against_uniform(double points) {
  return findings({candidate("found", "haq", 1.5), candidate("uniform", "uniform 4/4", 2)},
                  {{"found", "uniform", "finetuned", points, 0.25}}, {}, 60);
}

TEST(Findings, CallDifferencesWithinTwoErrorsChance) {
  const std::string costs = "; latency 0.75x, size 1.00x.";
  EXPECT_EQ(against_uniform(0.5), (Lines{"Against uniform 4/4: +0.50 ± 0.25 points of top-1 after "
                                         "fine-tuning, which chance explains" +
                                         costs}));
  EXPECT_EQ(against_uniform(0.51), (Lines{"Against uniform 4/4: +0.51 ± 0.25 points of top-1 after "
                                          "fine-tuning, a gain" +
                                          costs}));
  EXPECT_EQ(against_uniform(-0.51), (Lines{"Against uniform 4/4: -0.51 ± 0.25 points of top-1 "
                                           "after fine-tuning, a loss" +
                                           costs}));
}

TEST(Findings, GiveNoErrorWhereBothAreRightOnTheSameImages) {
  const Lines lines =
      findings({candidate("found", "haq", 1), candidate("uniform", "uniform 4/4", 2)},
               {{"found", "uniform", "post_training", 0, 0}}, {}, 60);
  EXPECT_EQ(lines.front(),
            "Against uniform 4/4: +0.00 points of top-1 before fine-tuning, the same images are "
            "right; latency 0.50x, size 1.00x.");
}

/// Of one difference between policies that were scored on so many images.
Lines on_images(std::int64_t images, double points) {
  Candidate found = candidate("found", "haq", 1);
  found.post_training.emplace().images = images;
  return findings({found, candidate("uniform", "uniform 4/4", 1)},
                  {{"found", "uniform", "post_training", points}}, {}, 60);
}

TEST(Findings, GiveARangeWhereAllImagesDifferAlikeOrNoneDoes) {
  const std::string costs = "; latency 1.00x, size 1.00x.";
  EXPECT_EQ(on_images(50, 0), (Lines{"Against uniform 4/4: +0.00 (-5.82 to +5.82) points of top-1 "
                                     "before fine-tuning, the same images are right" +
                                     costs}));
  EXPECT_EQ(on_images(50, -100), (Lines{"Against uniform 4/4: -100.00 (-100 to -88.37) points of "
                                        "top-1 before fine-tuning, a loss" +
                                        costs}));
  EXPECT_EQ(on_images(4, 100), (Lines{"Against uniform 4/4: +100.00 (-5.43 to 100) points of top-1 "
                                      "before fine-tuning, which chance explains" +
                                      costs}));
}

TEST(Findings, TellWhatARatioOfEnergiesMayBeWithEachConstantAtOneValueForBoth) {
  Candidate found = candidate("found", "haq", 1), uniform = candidate("uniform", "uniform 4/4", 1);
  found.costs["analytic"]["energy_mj"] = 3;
  uniform.costs["analytic"]["energy_mj"] = 2;
  const auto line = [&] { return findings({found, uniform}, {}, {}, 60).front(); };
  EXPECT_EQ(line(), "Against uniform 4/4: latency 1.00x, energy 1.50x, size 1.00x.");
  found.energy.least_mj = 1;
  found.energy.most_mj = 8;
  EXPECT_EQ(line().find("by the bounds"), std::string::npos) << "the other has none";
  uniform.energy.least_mj = 1;
  uniform.energy.most_mj = 5;
  EXPECT_EQ(line(),
            "Against uniform 4/4: latency 1.00x, energy 1.50x (1.00x to 1.60x by the bounds of its "
            "constants), size 1.00x.");
}

TEST(Findings, SayThatASearchFoundNothingBetterThanItsStart) {
  const Lines lines = findings({candidate("found", "haq", 1.5)}, {}, Start{"hawq-v3", true}, 60);
  EXPECT_EQ(lines, (Lines{"No gain: in 60 episodes the search found nothing better than the policy "
                          "of hawq-v3 where it began."}));
}

TEST(Findings, CompareWithTheStartThatASearchLeft) {
  const Lines lines =
      findings({candidate("found", "haq", 1), candidate("start", "hawq-v3", 2)},
               {{"found", "start", "post_training", 1, 2}}, Start{"hawq-v3", false}, 60);
  EXPECT_EQ(lines, (Lines{"Against hawq-v3: +1.00 ± 2.00 points of top-1 before fine-tuning, which "
                          "chance explains; latency 0.50x, size 1.00x."}));
}

TEST(Findings, SayThatThePolicyFoundIsUniform) {
  Candidate found = candidate("found", "haq", 1), uniform = candidate("uniform", "uniform 4/4", 1);
  found.layers = uniform.layers = {{"conv1", 4, 4}, {"fc", 4, 4}};
  EXPECT_EQ(findings({found, uniform}, {{"found", "uniform", "post_training", 0, 0}}, {}, 60),
            (Lines{"No gain: the policy found is uniform 4/4 itself."}));
  found.layers[1].weight_bits = 5;
  EXPECT_EQ(findings({found, uniform}, {}, {}, 60),
            (Lines{"Against uniform 4/4: latency 1.00x, size 1.00x."}));
}

TEST(Findings, SayWhereMostOfTheAccuracyIsLost) {
  std::vector<Candidate> all{candidate("found", "haq", 1), candidate("uniform", "uniform 2/2", 1),
                             candidate("float", "single precision", 1)};
  const std::vector<Difference> gain{{"found", "uniform", "post_training", 1.5, 0.25}};
  all[0].post_training = Accuracy();
  all[0].post_training->top1_pct = 12;
  all[2].post_training = Accuracy();
  all[2].post_training->top1_pct = 95;
  EXPECT_EQ(findings(all, gain, {}, 0),
            (Lines{"Against uniform 2/2: +1.50 ± 0.25 points of top-1 before fine-tuning, a gain, "
                   "with less than half of single precision's accuracy left; latency 1.00x, size "
                   "1.00x."}));
  EXPECT_EQ(gain_over_uniform(all, gain), "most of its accuracy lost");
  all[0].post_training->top1_pct = 48;
  EXPECT_EQ(gain_over_uniform(all, gain), "+1.50 ± 0.25 points against uniform 2/2");
}

TEST(Findings, AreAFewWordsForATitle) {
  const std::vector<Candidate> both{candidate("found", "haq", 1),
                                    candidate("uniform", "uniform 4/4", 1)};
  EXPECT_EQ(gain_over_uniform(both, {{"found", "uniform", "finetuned", 0.5, 0.25}}),
            "no gain over uniform 4/4");
  EXPECT_EQ(gain_over_uniform(both, {{"found", "uniform", "finetuned", 0.51, 0.25}}),
            "+0.51 ± 0.25 points against uniform 4/4");
  EXPECT_EQ(gain_over_uniform(both, {}), "");
  EXPECT_EQ(gain_over_uniform({}, {}), "");
}

TEST(Findings, AreNoneWhereNothingIsCompared) {
  EXPECT_EQ(findings({}, {}, {}, 0), Lines{});
  EXPECT_EQ(findings({candidate("float", "single precision", 1)}, {}, {}, 0), Lines{});
}

}  // namespace
}  // namespace bitloom::reports
