#pragma once

#include <string>

#include "base/document.h"

namespace bitloom::graph {

/// What the file of a policy says: its JSON or YAML; of a NumPy array (`.npy`) its rows as a list;
/// of a log of HAQ's the last list that follows `best policy:` or `best_policy:`. Tuples of numbers
/// are lists.
DocumentValue load_policy_document(const std::string& path);
/// The same of the bytes of the file `path`.
DocumentValue policy_document_of(const std::string& path, const std::string& bytes);

}  // namespace bitloom::graph
