#pragma once

#include <string>
#include <vector>

#include "sim/families/shift/description.h"
#include "sim/families/shift/spent.h"
#include "sim/family.h"

/// What limits a layer on shift hardware, and what could be built in its place.
namespace bitloom::cost::shift {

/// The lifts that change anything of `hardware`, in the order of reports.
std::vector<sim::Lift> lifts_of(const hardware::Shift& hardware);

/// The machine without `lifts_of(hardware)[lift]`.
hardware::Shift lifted(std::size_t lift, const hardware::Shift& hardware);

/// What most of a layer's cycles go on: `compute`, `weight fetch`, `activation fetch`, `results`,
/// or `fill and drain`.
std::string bound_by(const Spent& spent);

/// Settings of keys of the description, those of an entry together.
std::vector<std::vector<std::string>> changes_of(const hardware::Shift& hardware);

/// The buffers, and LUTs of the columns where the RTL has such columns.
std::vector<sim::Resource> resources_of(const hardware::Shift& hardware);

}  // namespace bitloom::cost::shift
