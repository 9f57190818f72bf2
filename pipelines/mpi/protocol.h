#pragma once

#include <string>

/// What the first rank and the others tell each other, a message each.
namespace bitloom::pipelines::ranks {

enum Tag : int {
  // from the first rank
  kSpace,   // SpaceMessage: evaluate points of that from now on
  kPoints,  // numbers of points
  kEnd,     // nothing
  // to the first rank
  kReady,    // nothing: the space is read
  kAnswer,   // results of one kPoints in their order (evaluated_bytes.h)
  kFailure,  // FailureMessage
};

/// A space as the first rank read it.
struct SpaceMessage {
  std::string path, text, fingerprint;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& path& text& fingerprint;
  }
};

/// Why a rank cannot go on.
struct FailureMessage {
  std::string text;
  int kind = 0;  // UserError::Kind; kInternal: an InternalError
  static constexpr int kInternal = -1;
  template <class Archive>
  void serialize(Archive& archive, unsigned) {
    archive& text& kind;
  }
};

}  // namespace bitloom::pipelines::ranks
