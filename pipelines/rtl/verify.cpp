#include "pipelines/rtl/verify.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/rtl/core_verification.h"
#include "pipelines/rtl/fusion_verification.h"
#include "pipelines/rtl/shift_verification.h"

namespace bitloom::pipelines {
namespace {

/// What verifies the machines of a family.
struct Verifier {
  std::string_view family;
  Verification (*verify)(const VerifyOptions&, const hardware::Hardware&, const Host&);
};
constexpr Verifier kVerifiers[] = {
    {hardware::Bismo::kFamily,
     [](const VerifyOptions& options, const hardware::Hardware& hardware, const Host& host) {
       return verify_core(options, hardware.as<hardware::Bismo>(), host);
     }},
    {hardware::BitFusion::kFamily,
     [](const VerifyOptions& options, const hardware::Hardware& hardware, const Host& host) {
       return verify_fusion_unit(options, hardware.as<hardware::BitFusion>(), host);
     }},
    {hardware::Shift::kFamily,
     [](const VerifyOptions& options, const hardware::Hardware& hardware, const Host& host) {
       return verify_shift_column(options, hardware.as<hardware::Shift>(), host);
     }},
};

bool says_batch(const HardwareChoice& choice) {
  const auto is_batch = [](const std::string& setting) {
    return hardware::key_of(setting) == "batch";
  };
  return choice.batch || std::any_of(choice.settings.begin(), choice.settings.end(), is_batch);
}

/// That `simulate` prices where no --batch says another.
std::int64_t batch_of_simulate(HardwareChoice choice, const Host& host) {
  choice.batch.reset();
  return load(choice, host).batch();
}

}  // namespace

Verification verify(const VerifyOptions& options, const Host& host) {
  if (!options.network && says_batch(options.hardware))
    throw UserError("--set batch: is a network's, and random layers have their own: add --network");
  Host silent = host;  // of energies, which are not verified
  silent.warning = {};
  hardware::Hardware hardware = load(options.hardware, silent);
  const std::int64_t described_batch = batch_of_simulate(options.hardware, silent);
  if (!says_batch(options.hardware)) hardware.set_batch(1);  // an image tells as much as many
  for (const Verifier& verifier : kVerifiers)
    if (verifier.family == hardware.family()) {
      Verification verification = verifier.verify(options, hardware, host);
      if (options.network) verification.verdicts.described_batch = described_batch;
      return verification;
    }
  throw UserError(
      fmt::format("{}: there is no RTL of family {}", hardware.name(), hardware.family()));
}

}  // namespace bitloom::pipelines
