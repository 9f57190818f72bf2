#include "reports/html/run_words.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/shares.h"

namespace bitloom::reports {

std::string percent(const Accuracy& accuracy) {
  const std::int64_t images = accuracy.images.value_or(0);
  if (!accuracy.top1_stderr_pct && !range_of_share(accuracy.top1_pct, images))
    return fmt::format("{:.2f} %", accuracy.top1_pct);
  return share_text(accuracy.top1_pct, accuracy.top1_stderr_pct.value_or(0), images, "±") + " %";
}

std::string accuracies(const Candidate& candidate) {
  std::vector<std::string> parts;
  if (candidate.post_training) parts.push_back(percent(*candidate.post_training));
  if (candidate.finetuned) parts.push_back(percent(*candidate.finetuned) + " fine-tuned");
  return fmt::format("{}", fmt::join(parts, ", "));
}

const Accuracy* final_accuracy(const Run& run) {
  const Candidate* found = run.candidate("found");
  if (!found) return nullptr;
  if (found->finetuned) return &*found->finetuned;
  return found->post_training ? &*found->post_training : nullptr;
}

}  // namespace bitloom::reports
