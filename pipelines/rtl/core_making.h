#pragma once

#include <filesystem>
#include <memory>

#include "pipelines/rtl/verify.h"
#include "rtl/verify/core.h"
#include "rtl/verify/core_builder.h"
#include "sim/families/bismo/description.h"

namespace bitloom::pipelines {

/// The folder that holds `rtl/`; a UserError where there is none.
std::filesystem::path rtl_source_folder();

/// The tools that build cores of the project's RTL, or of the user's own copy.
verify::CoreTools core_tools(const VerifyOptions& options, const Host& host);

/// The core of `hardware`; the host hears how long a build takes and how it stands.
std::unique_ptr<verify::Core> make_core(const hardware::Bismo& hardware, verify::CoreTools tools,
                                        const Host& host);

}  // namespace bitloom::pipelines
