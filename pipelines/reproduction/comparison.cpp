#include "pipelines/reproduction/comparison.h"

#include "base/error.h"

namespace bitloom::reproduction {
namespace {

std::string shipped_data(const std::filesystem::path& file) {
  if (const auto found = pipelines::shipped(file)) return found->string();
  throw UserError(file.string() +
                  ": is not beside the program, nor in share/bitloom of its installation");
}

}  // namespace

std::string Comparison::published(const std::string& file) {
  return shipped_data("reports/published/" + file);
}

std::string Comparison::golden(const std::string& file) {
  return shipped_data("tests/golden/" + file);
}

void Comparison::add(const Figure& figure, double ours, const Tolerance& tolerance,
                     std::optional<std::string> note) {
  const Printed published(figure.published);
  table_.figures.push_back(
      {.of = figure.of,
       .figure = figure.name,
       .published = figure.published,
       .ours = ours,
       .error_percent = 100 * (ours / published.value - 1),
       .tolerance = tolerance.name,
       .verdict = tolerance.holds(published, ours) ? reports::kPass : reports::kFail,
       .note = std::move(note)});
}

void Comparison::add_arithmetic(const Figure& figure, double theirs, const Tolerance& tolerance,
                                std::optional<std::string> note) {
  add(figure, theirs, tolerance, std::move(note));
  std::string& verdict = table_.figures.back().verdict;
  if (verdict == reports::kPass) verdict = reports::kArithmetic;
}

void Comparison::add_arithmetic(const Figure& figure, const Range& theirs,
                                std::optional<std::string> note) {
  add_arithmetic(figure, theirs.middle(), meets(theirs), std::move(note));
}

void Comparison::leave_open(const Figure& figure, std::string why, std::optional<double> ours) {
  table_.figures.push_back(
      {.of = figure.of,
       .figure = figure.name,
       .published = figure.published.empty() ? std::nullopt : std::optional(figure.published),
       .ours = ours,
       .error_percent = {},
       .tolerance = {},
       .verdict = reports::kOpen,
       .note = std::move(why)});
}

}  // namespace bitloom::reproduction
