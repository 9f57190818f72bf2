#pragma once

#include <optional>
#include <string>

#include "pipelines/host.h"
#include "pipelines/reproduction/printed.h"
#include "reports/results/reproduction_file.h"

namespace bitloom::reproduction {

/// What a figure is of, what it is called and how it is printed.
struct Figure {
  std::string of;         // `MobileNet-V1, PACT 4/4, bismo-edge`
  std::string name;       // `latency (ms)`
  std::string published;  // `45.45`
};

/// A table that is being compared: where its data are, and what is said of it.
class Comparison {
 public:
  explicit Comparison(pipelines::Host host) : host_(std::move(host)) {}

  /// Hears of nothing; for the calls that price.
  const pipelines::Host& host() const { return host_; }
  /// A file of `reports/published`; a UserError where it does not ship.
  static std::string published(const std::string& file);
  /// A file of `tests/golden`, likewise.
  static std::string golden(const std::string& file);

  /// A sentence on what the figures assume.
  void assume(std::string sentence) { table_.assumptions.push_back(std::move(sentence)); }
  void add(const Figure& figure, double ours, const Tolerance& tolerance,
           std::optional<std::string> note = {});
  /// A figure that follows from the bits or from other figures of the paper: where it is within its
  /// tolerance the paper agrees with itself, and nothing of bitloom's was compared.
  void add_arithmetic(const Figure& figure, double theirs, const Tolerance& tolerance,
                      std::optional<std::string> note);
  void add_arithmetic(const Figure& figure, const Range& theirs, std::optional<std::string> note);
  /// A figure that is not compared, with ours where one is of use.
  void leave_open(const Figure& figure, std::string why, std::optional<double> ours = {});

  reports::ReproducedTable take() { return std::move(table_); }

 private:
  pipelines::Host host_;
  reports::ReproducedTable table_;
};

}  // namespace bitloom::reproduction
