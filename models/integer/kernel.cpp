#include "models/integer/kernel.h"

#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace bitloom::integer {
namespace {

struct Row {
  Kernel kernel;
  std::string_view name;
  bool (*runs_here)();
  Multiply multiply;
  Convolve convolve;
};

[[maybe_unused]] bool never() { return false; }

#ifdef BITLOOM_X86_KERNELS
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512vpopcntdq") != 0;
}
#endif

constexpr std::array<Row, 3> kRows{{
    {Kernel::kPortable, "portable", [] { return true; }, multiply_portable, convolve_portable},
#ifdef BITLOOM_X86_KERNELS
    {Kernel::kAvx2, "avx2", has_avx2, multiply_avx2, convolve_avx2},
    {Kernel::kAvx512, "avx512", has_avx512, multiply_avx512, convolve_avx512},
#else
    {Kernel::kAvx2, "avx2", never, nullptr, nullptr},
    {Kernel::kAvx512, "avx512", never, nullptr, nullptr},
#endif
}};

const Row& row_of(Kernel kernel) { return kRows.at(static_cast<std::size_t>(kernel)); }

const Row& runnable_row(Kernel kernel) {
  const Row& row = row_of(kernel);
  if (row.runs_here()) return row;
  std::vector<std::string_view> known;
  for (const Kernel here : available_kernels()) known.push_back(to_text(here));
  throw unsupported(fmt::format("kernel '{}' does not run on this processor (available: {})",
                                row.name, fmt::join(known, ", ")));
}

}  // namespace

std::string_view to_text(Kernel kernel) { return row_of(kernel).name; }

std::vector<Kernel> available_kernels() {
  std::vector<Kernel> kernels;
  for (const Row& row : kRows)
    if (row.runs_here()) kernels.push_back(row.kernel);
  return kernels;
}

Kernel fastest_kernel() { return available_kernels().back(); }

Multiply multiply_of(Kernel kernel) { return runnable_row(kernel).multiply; }

Convolve convolve_of(Kernel kernel) { return runnable_row(kernel).convolve; }

}  // namespace bitloom::integer
