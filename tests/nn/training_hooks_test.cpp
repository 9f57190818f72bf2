// A training calls its quantizers' hooks, chooses among what is settled, and survives being killed.
#include <gtest/gtest.h>

#include "models/weights/safetensors.h"
#include "tests/nn/small_training.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::nn {
namespace {

using testing::TemporaryFolder;

const Quantization kPartByPart{"weights=inq,activations=dsq", {{4, 4}, {4, 4}}, {}};

/// A network and its training in a folder: 4 epochs of 3 batches.
struct SmallTraining {
  explicit SmallTraining(const std::string& folder, const Quantization& how = kPartByPart)
      : network(std::make_shared<Network>(small_graph(), initial_parameters(small_graph(), 1))),
        quantized(std::make_shared<QuantizedNetwork>(network, how)),
        model(calibrated(), quantized),
        trainer(model, bright_images(), {.epochs = 4, .rate = {.start = 0.1}}, folder, {}) {}

  std::shared_ptr<Network> calibrated() {
    calibrate(*quantized);
    quantized->absorb_corrections();
    return network;
  }

  std::shared_ptr<Network> network;
  std::shared_ptr<QuantizedNetwork> quantized;
  Model model;
  Trainer trainer;
};

TEST(TrainingHooks, FixWeightsByQuartersAndTheBestEpochIsOneOfTheSettled) {
  const TemporaryFolder folder;
  SmallTraining run(folder.path());
  std::vector<bool> settled;
  run.trainer.run([&](const TrainingProgress&) { settled.push_back(run.model.settled()); });
  ASSERT_EQ(settled.size(), 12U);
  for (std::size_t step = 0; step < settled.size(); ++step)
    EXPECT_EQ(settled[step], step >= 9) << step;
  EXPECT_EQ(run.trainer.best().epoch, 4);
}

void expect_same_bits_after_interruptions(const Quantization& how) {
  SCOPED_TRACE(how.scheme);
  const TemporaryFolder straight_folder;
  SmallTraining straight(straight_folder.path(), how);
  straight.trainer.run({});
  const weights::Parameters expected = straight.model.parameters();
  for (const int stop : {1, 3, 4, 9, 11}) {
    const TemporaryFolder folder;
    {
      SmallTraining killed(folder.path(), how);
      int steps = 0;
      EXPECT_THROW(killed.trainer.run([&](const TrainingProgress&) {
        if (++steps == stop) throw std::runtime_error("killed");
      }),
                   std::runtime_error);
    }
    SmallTraining resumed(folder.path(), how);
    EXPECT_TRUE(resumed.trainer.resumed());
    resumed.trainer.run({});
    const weights::Parameters found = resumed.model.parameters();
    ASSERT_EQ(found.size(), expected.size());
    for (const auto& [name, tensor] : expected)
      EXPECT_EQ(found.at(name).values, tensor.values) << name << " after " << stop;
    EXPECT_EQ(resumed.trainer.best().epoch, straight.trainer.best().epoch);
  }
}

/// Quantizers of planes, at bits that they choose levels of.
std::vector<Quantization> of_planes() {
  return {{"lq-nets", {{2, 2}, {2, 2}}, {}},
          {"weights=twn,activations=lsq", {{2, 2}, {2, 2}}, {}},
          {"weights=ttq,activations=lq-nets", {{2, 2}, {2, 2}}, {}},
          {"weights=abc-net,activations=lsq", {{3, 3}, {3, 3}}, {}},
          {"weights=kcnn,activations=lq-nets", {{2, 3}, {2, 3}}, {}},
          {"weights=bwn,activations=lsq", {{1, 2}, {8, 8}}, {}},
          {"xnor", {{1, 1}, {8, 8}}, {}},
          {"bnn", {{1, 1}, {8, 8}}, {}}};
}

TEST(TrainingHooks, LeaveTheSameBitsWhereverATrainingIsInterrupted) {
  expect_same_bits_after_interruptions(kPartByPart);
  expect_same_bits_after_interruptions({"weights=stlq,activations=dsq", {{4, 4}, {4, 4}}, {}});
  for (const Quantization& how : of_planes()) expect_same_bits_after_interruptions(how);
}

TEST(TrainingHooks, LetNetworksOfPlanesLearn) {
  for (const Quantization& how : of_planes()) {
    const TemporaryFolder folder;
    SmallTraining run(folder.path(), how);
    std::vector<double> losses;  // of the epochs, when their last step has been taken
    run.trainer.run([&](const TrainingProgress& at) {
      losses.resize(static_cast<std::size_t>(at.position.epoch) + 1);
      losses.back() = at.loss;
    });
    EXPECT_LT(losses.back(), losses.front()) << how.scheme;
  }
}

}  // namespace
}  // namespace bitloom::nn
