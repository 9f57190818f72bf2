#pragma once

#include "base/document.h"

namespace bitloom::pipelines {

/// What `read` returns; what it throws is told at the place of `value`.
template <class Read>
auto at_place(const DocumentValue& value, const Read& read) {
  try {
    return read();
  } catch (const UserError& wrong) {
    throw wrong.with_text(value.error(wrong.what()).what());
  }
}

}  // namespace bitloom::pipelines
