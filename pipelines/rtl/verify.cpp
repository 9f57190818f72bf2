#include "pipelines/rtl/verify.h"

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/rtl/core_verification.h"
#include "pipelines/rtl/fusion_verification.h"

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
};

}  // namespace

Verification verify(const VerifyOptions& options, const Host& host) {
  HardwareChoice choice = options.hardware;
  if (!choice.batch) choice.batch = 1;  // an image tells as much as many
  Host silent = host;                   // of energies, which are not verified
  silent.warning = {};
  const hardware::Hardware hardware = load(choice, silent);
  for (const Verifier& verifier : kVerifiers)
    if (verifier.family == hardware.family()) return verifier.verify(options, hardware, host);
  throw UserError(
      fmt::format("{}: there is no RTL of family {}", hardware.name(), hardware.family()));
}

}  // namespace bitloom::pipelines
