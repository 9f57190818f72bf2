#include <algorithm>
#include <cmath>

#include "models/torch/optimizer.h"
#include "models/torch/training_options.h"

namespace bitloom::nn {
namespace {

/// Whether `epoch` epochs of those that the schedule counts have passed at `step` of `steps`.
bool has_passed(std::int64_t epoch, const RateSchedule& schedule, std::int64_t step,
                std::int64_t steps) {
  return step * schedule.of_epochs >= epoch * steps;
}

double rate_of_steps(const RateSchedule& schedule, std::int64_t step, std::int64_t steps) {
  const auto passed =
      std::count_if(schedule.at_epochs.begin(), schedule.at_epochs.end(),
                    [&](std::int64_t epoch) { return has_passed(epoch, schedule, step, steps); });
  return schedule.start * std::pow(schedule.factor, static_cast<double>(passed));
}

}  // namespace

double rate_at(const RateSchedule& schedule, std::int64_t step, std::int64_t steps) {
  const std::int64_t warm_up = schedule.warm_up_epochs * steps / schedule.of_epochs;
  if (step < warm_up)
    return schedule.start * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  if (schedule.shape == RateSchedule::Shape::kSteps) return rate_of_steps(schedule, step, steps);
  const std::int64_t falling = std::max<std::int64_t>(1, steps - warm_up);
  if (schedule.shape == RateSchedule::Shape::kCosine)
    return cosine_rate(schedule.start, step - warm_up, falling);
  const double left = 1 - static_cast<double>(step - warm_up) / static_cast<double>(falling);
  return schedule.start * std::pow(left, schedule.power);
}

}  // namespace bitloom::nn
