#pragma once

#include "pipelines/rtl/verify.h"
#include "sim/families/bismo/description.h"

namespace bitloom::pipelines {

/// verify() on BISMO's Verilated core, which is built where it is not linked in.
Verification verify_core(const VerifyOptions& options, const hardware::Bismo& hardware,
                         const Host& host);

}  // namespace bitloom::pipelines
