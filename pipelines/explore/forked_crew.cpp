#include <algorithm>

#include "base/worker_processes.h"
#include "pipelines/explore/crew.h"
#include "pipelines/explore/evaluated_bytes.h"

namespace bitloom::pipelines {
namespace {

class ForkedCrew : public Crew {
 public:
  ForkedCrew(const Evaluator& evaluator, int processes)
      : evaluator_(evaluator), processes_(processes) {}

  std::vector<Evaluated> evaluate(const std::vector<std::int64_t>& points) override {
    std::vector<Evaluated> all;
    all.reserve(points.size());
    if (processes_ <= 1) {
      for (const std::int64_t point : points) all.push_back(evaluator_.evaluate(point));
      return all;
    }
    constexpr std::size_t kPartsOfEach = 4;  // so that a process that is late holds up little
    const std::size_t parts = kPartsOfEach * static_cast<std::size_t>(processes_);
    const std::size_t size = std::max<std::size_t>(1, (points.size() + parts - 1) / parts);
    const auto count = static_cast<std::int64_t>((points.size() + size - 1) / size);
    const auto answers = map_in_processes(count, processes_, [&](std::int64_t part) {
      std::string bytes;
      const std::size_t begin = static_cast<std::size_t>(part) * size;
      for (std::size_t i = begin; i < std::min(begin + size, points.size()); ++i)
        append(bytes, evaluator_.evaluate(points[i]));
      return bytes;
    });
    for (const std::string& bytes : answers) take_all(bytes, all);
    return all;
  }
  int size() const override { return processes_; }

 private:
  const Evaluator& evaluator_;
  int processes_;
};

}  // namespace

std::unique_ptr<Crew> forked_crew(const Evaluator& evaluator, int processes) {
  return std::make_unique<ForkedCrew>(evaluator, processes);
}

}  // namespace bitloom::pipelines
