// Names of quantizers, of weights and of activations apart, and what `--quantizer` makes of them.
#include <gtest/gtest.h>

#include "models/quantizers/quantizer_table.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using testing::complaint;
using Role = QuantizerTask::Role;

/// The scheme of `text`, as its name and its two quantizers.
std::string scheme_of(std::string_view text) {
  const QuantizerScheme scheme = quantizer_scheme(text);
  return scheme.name + ": " + std::string(scheme.weights.name) + ", " +
         std::string(scheme.activations.name);
}

TEST(Schemes, OfANameAreTheQuantizersOfThatNameOrItsPartners) {
  EXPECT_EQ(scheme_of("uniform"), "uniform: uniform, uniform");
  EXPECT_EQ(scheme_of("dorefa"), "dorefa: dorefa, dorefa");
  EXPECT_EQ(scheme_of("pact"), "pact: dorefa, pact");
  EXPECT_EQ(scheme_of("kmeans"), "kmeans: kmeans, uniform");
  EXPECT_EQ(scheme_of("inq"), "inq: inq, uniform");
  EXPECT_EQ(scheme_of("stlq"), "stlq: stlq, uniform");
  EXPECT_EQ(scheme_of("qil-gamma"), "qil-gamma: qil-gamma, qil");
  EXPECT_EQ(scheme_of("hwgq"), "hwgq: uniform, hwgq");
}

TEST(Schemes, OfTwoNamesCombineThemFreely) {
  EXPECT_EQ(scheme_of("weights=haq,activations=pact"), "weights=haq,activations=pact: haq, pact");
  EXPECT_EQ(scheme_of("activations=dsq,weights=inq"), "weights=inq,activations=dsq: inq, dsq");
}

TEST(Schemes, OfTwoNamesThatArePairedHaveThePairsName) {
  EXPECT_EQ(scheme_of("weights=uniform,activations=uniform"), "uniform: uniform, uniform");
  EXPECT_EQ(scheme_of("weights=dorefa,activations=pact"), "pact: dorefa, pact");
  EXPECT_EQ(scheme_of("weights=kmeans,activations=uniform"), "kmeans: kmeans, uniform");
}

TEST(Schemes, NeedTrainingWhereOneOfTheTwoDoes) {
  EXPECT_FALSE(quantizer_scheme("uniform").needs_training());
  EXPECT_TRUE(quantizer_scheme("pact").needs_training());
  EXPECT_FALSE(quantizer_scheme("weights=uniform,activations=pact").needs_training());
  EXPECT_TRUE(quantizer_scheme("weights=haq,activations=dorefa").needs_training());
}

TEST(Schemes, OfAnUnknownNameOfferTheNearest) {
  EXPECT_EQ(complaint([] { quantizer_scheme("unifrom"); }),
            "unknown quantizer 'unifrom': did you mean uniform? (known: uniform, haq, least-error, "
            "dorefa, kmeans, dsq, inq, stlq, stlq-tile, lsq, tqt, qil, qil-gamma, sat, "
            "adabits, "
            "adabits-centred, fixed, lq-nets, twn, ttq, "
            "bwn, xnor, bnn, abc-net, kcnn, pact, hwgq)");
  EXPECT_EQ(
      complaint([] { quantizer_scheme("weights=pact,activations=pact"); }),
      "unknown quantizer of weights 'pact' (known: uniform, haq, least-error, dorefa, kmeans, "
      "dsq, inq, stlq, stlq-tile, lsq, tqt, qil, qil-gamma, sat, adabits, "
      "adabits-centred, fixed, lq-nets, twn, ttq, bwn, xnor, bnn, abc-net, "
      "kcnn)");
  EXPECT_EQ(
      complaint([] { quantizer_scheme("weights=haq,activations=unifrom"); }),
      "unknown quantizer of activations 'unifrom': did you mean uniform? (known: uniform, "
      "haq, least-error, pact, dorefa, dsq, lsq, tqt, qil, sat, hwgq, fixed, lq-nets, xnor, bnn)");
}

TEST(Schemes, ThatAreNeitherANameNorAPairSayWhatWouldBe) {
  for (const std::string text :
       {"weights=haq", "weights=haq,weights=haq", "haq,uniform", "weights=,activations=haq",
        "weights=haq,activations=haq,", "bits=4,activations=haq"})
    EXPECT_EQ(complaint([&] { quantizer_scheme(text); }),
              "quantizer '" + text + "': must be NAME, or weights=NAME,activations=NAME");
}

TEST(Kinds, SayTheBitsThatTheyTake) {
  const QuantizerKind kind = quantizer_scheme("lq-nets").weights;
  EXPECT_EQ(bits_text(kind), "1 to 7 bits");
  EXPECT_TRUE(kind.chooses_levels_of(7));
  EXPECT_FALSE(kind.chooses_levels_of(8));
  EXPECT_TRUE(kind.takes(8));
  const QuantizerKind ternary = quantizer_scheme("twn").weights;
  EXPECT_EQ(bits_text(ternary), "2 bits");
  EXPECT_EQ(bits_text(quantizer_scheme("bwn").weights), "1 bit");
  for (int bits = 1; bits <= 16; ++bits) EXPECT_EQ(ternary.takes(bits), bits == 2 || bits >= 8);
}

TEST(Kinds, HaveShortDocsAndPartnersInTheTable) {
  for (const Role role : {Role::kWeights, Role::kActivations})
    for (const QuantizerKind& kind : quantizer_kinds(role)) {
      EXPECT_LT(kind.doc.size(), 100U);
      EXPECT_EQ(kind.role, role);
      EXPECT_EQ(quantizer_scheme(kind.name).name, kind.name);
    }
}

}  // namespace
}  // namespace bitloom::nn
