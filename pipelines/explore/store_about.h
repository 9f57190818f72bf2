#pragma once

#include <string>

#include "pipelines/explore/store.h"

namespace bitloom::pipelines {

/// What a new store says of itself.
void write_about(Database& database, const StoreAbout& about);
/// None where the file holds no tables yet. A UserError where it is no store, or one of another
/// version of this program.
std::optional<StoreAbout> read_about(Database& database);
/// A UserError where another version of this program wrote the store: its points may cost other
/// than this one would tell.
void require_this_version(const std::string& path, const StoreAbout& is);
/// A UserError where a store of `is` cannot take points of `wanted`.
void require_same(const std::string& path, const StoreAbout& is, const StoreAbout& wanted);

}  // namespace bitloom::pipelines
