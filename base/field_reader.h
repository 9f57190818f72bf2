#pragma once

#include <functional>

#include "base/document.h"
#include "base/fields.h"

namespace bitloom {

/// Fills the fields that `show` presents from `document`. Unknown keys are complained of first (a
/// misspelt key is better named than the missing one it leaves), then values in the order of the
/// fields.
void read_fields(const DocumentValue& document, const std::function<void(FieldVisitor&)>& show);

}  // namespace bitloom
