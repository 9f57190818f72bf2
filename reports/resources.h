#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sim/report.h"

namespace bitloom::reports {

/// `lut` of LUT: a resource's name in JSON and CSV.
std::string resource_key(const sim::Resource& resource);
/// To three decimals, as JSON and CSV have it.
double told_amount(const sim::Resource& resource);

nlohmann::ordered_json resources_json(const std::vector<sim::Resource>& resources);

}  // namespace bitloom::reports
