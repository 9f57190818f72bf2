#include "cli/learn/measurement_record.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "cli/interruption.h"

namespace bitloom::cli {

using nlohmann::ordered_json;

MeasurementRecord::MeasurementRecord(const std::string& output, ordered_json options)
    : path_(output + ".partial"), options_(std::move(options)) {
  if (!std::filesystem::exists(path_)) return;
  std::ifstream stream(path_, std::ios::binary);
  const ordered_json record = ordered_json::parse(stream, nullptr, false);
  const auto other = [&](const char* what) {
    return UserError(fmt::format("{}: {}; delete it to begin anew", path_, what));
  };
  if (!record.is_object() || !record.contains("options") || !record.contains("rows"))
    throw other("is no record of a measurement");
  if (record["options"] != options_) throw other("is of a measurement with other options");
  try {
    rows_ = record["rows"].get<std::vector<std::vector<double>>>();
  } catch (const nlohmann::json::exception&) {
    throw other("is no record of a measurement");
  }
}

void MeasurementRecord::save(const std::vector<std::vector<double>>& rows) {
  rows_ = rows;
  write_file(path_, ordered_json{{"options", options_}, {"rows", rows_}}.dump());
  promise_to_go_on();
}

void MeasurementRecord::remove() const { ::unlink(path_.c_str()); }

}  // namespace bitloom::cli
