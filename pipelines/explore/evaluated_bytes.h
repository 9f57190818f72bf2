#pragma once

#include <string>
#include <vector>

#include "pipelines/explore/evaluator.h"

/// Results on their way between processes of one program.
namespace bitloom::pipelines {

void append(std::string& bytes, const Evaluated& each);
/// Adds what was appended to `bytes`; an InternalError where that is cut.
void take_all(const std::string& bytes, std::vector<Evaluated>& into);

}  // namespace bitloom::pipelines
