#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace bitloom::pipelines {

struct Evaluated;
struct Space;
class Evaluator;

/// Those who evaluate the points of a space.
class Crew {
 public:
  virtual ~Crew() = default;
  /// The results in the order of the points, whoever made them.
  virtual std::vector<Evaluated> evaluate(const std::vector<std::int64_t>& points) = 0;
  /// How many evaluate at once.
  virtual int size() const = 0;
};

/// The crew of a run, for which the evaluator lives as long as it. It may throw a UserError.
using MakeCrew = std::function<std::unique_ptr<Crew>(const Space&, const Evaluator&)>;

/// As many processes, forked for each call.
std::unique_ptr<Crew> forked_crew(const Evaluator& evaluator, int processes);

}  // namespace bitloom::pipelines
