#include "pipelines/engine_warning.h"

#include <fmt/format.h>

namespace bitloom::pipelines {

void warn_of_what_is_left_out(const EngineChoice& engine, const hardware::Hardware& machine,
                              const Host& host) {
  const std::string_view key = machine.machine().left_out_of_price();
  if (key.empty() || !host.warning || !(engine.options.engine == sim::analytic())) return;
  host.warning(fmt::format("the analytic engine leaves {} out; --engine cycle counts them", key));
}

}  // namespace bitloom::pipelines
