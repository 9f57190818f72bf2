#pragma once

#include <optional>
#include <string>

#include "pipelines/learn/images.h"

namespace bitloom::pipelines {

/// What images a search uses. Of a generated set: its training, validation and test images. Of
/// files, where no test images are given: `reward` of the data, drawn as data::draw() does, and for
/// the final figures all others.
struct SearchImageChoice {
  ImageChoice data;
  std::optional<ImageChoice> test = {};    // that the final figures are of
  std::int64_t reward = 500;               // that each policy is measured on
  std::optional<std::int64_t> final = {};  // at most; of generated sets 2,000
};

/// The images and what each is for. Those that the final figures are of are used for nothing else.
struct SearchImages {
  Images calibration;                   // set ranges
  Images reward;                        // what the search goes by
  Images final;                         // what is reported
  std::string reward_text, final_text;  // in words
};
/// Warns as load() of each does.
SearchImages load(const SearchImageChoice& choice, const Host& host = {});
void declare(const SearchImageChoice& choice, const SearchImages& images, Manifest& manifest);

/// A UserError where images of `others`, which the search learns from, are among the final ones:
/// any at the same place, or equal ones elsewhere beyond the few that data sets hold twice.
void require_unseen(const SearchImages& images, const data::Dataset& others,
                    const std::string& option);

}  // namespace bitloom::pipelines
