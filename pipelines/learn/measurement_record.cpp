#include "pipelines/learn/measurement_record.h"

#include <unistd.h>

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/output_file.h"

namespace bitloom::pipelines {

using nlohmann::ordered_json;

MeasurementRecord::MeasurementRecord(const std::string& output, Manifest options)
    : path_(output + ".partial"), options_(std::move(options)) {
  if (!std::filesystem::exists(path_)) return;
  const auto text = [&](const char* what) {
    return fmt::format("{}: {}; delete it to begin anew", path_, what);
  };
  const auto other = [&](const char* what) { return UserError(text(what)); };
  ordered_json record;
  try {
    record = read_json_file(path_);
  } catch (const UserError& mistake) {
    throw mistake.with_text(text("is no record of a measurement"));
  }
  if (!record.is_object() || !record.contains("options") || !record.contains("rows"))
    throw other("is no record of a measurement");
  if (record["options"] != options_.json()) throw other("is of a measurement with other options");
  try {
    rows_ = record["rows"].get<std::vector<std::vector<double>>>();
  } catch (const nlohmann::json::exception&) {
    throw other("is no record of a measurement");
  }
}

void MeasurementRecord::save(const std::vector<std::vector<double>>& rows, const Host& host) {
  rows_ = rows;
  const ordered_json record{{"options", options_.json()}, {"rows", rows_}};
  write_file(path_, json_text(record));
  if (host.resumable) host.resumable();
}

void MeasurementRecord::remove() const { ::unlink(path_.c_str()); }

}  // namespace bitloom::pipelines
