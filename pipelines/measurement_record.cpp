#include "pipelines/measurement_record.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/lock.h"
#include "base/output_file.h"

namespace bitloom::pipelines {

using nlohmann::ordered_json;

namespace {

std::string record_path(const std::string& output) {
  std::error_code failure;
  const auto there = std::filesystem::status(output, failure);
  return std::filesystem::is_other(there) ? "" : output + ".partial";
}

bool is_at(const std::string& path, const Descriptor& file) {
  struct stat there {
  }, open{};
  return ::stat(path.c_str(), &there) == 0 && ::fstat(file.number(), &open) == 0 &&
         there.st_dev == open.st_dev && there.st_ino == open.st_ino;
}

/// What a record says of its rows, so that no others are gone on with.
std::string rows_hash(const ordered_json& rows) { return Fnv1a().add(json_text(rows)).text(); }

/// Makes the file where there is none, and locks it: of several processes one gets it. A file that
/// was replaced or removed between opening and locking is no longer the one to hold.
Descriptor claim_record(const std::string& path) {
  for (;;) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0666));
    if (file.number() < 0)
      throw UserError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
    if (!lock(file)) throw UserError(fmt::format("{}: another process is at work there", path));
    if (is_at(path, file)) return file;
  }
}

}  // namespace

MeasurementRecord::MeasurementRecord(const std::string& output, Manifest options)
    : path_(record_path(output)), options_(std::move(options)) {
  if (path_.empty()) return;
  lock_ = claim_record(path_);
  const std::string content = read_file(path_);
  if (content.empty()) return;
  const auto text = [&](const char* what) {
    return fmt::format("{}: {}; delete it to begin anew", path_, what);
  };
  const auto other = [&](const char* what) { return UserError(text(what)); };
  ordered_json record;
  try {
    record = parse_json(content, path_);
  } catch (const UserError& mistake) {
    throw mistake.with_text(text("is no record of a measurement"));
  }
  if (!record.is_object() || !record.contains("options") || !record.contains("rows"))
    throw other("is no record of a measurement");
  if (const auto differs = difference(record["options"], options_.json()))
    throw UserError(
        fmt::format("{}: is of a measurement with {}; the same options go on with it, "
                    "another --output begins anew",
                    path_, *differs));
  if (!record.contains("rows_hash") || record["rows_hash"] != rows_hash(record["rows"]))
    throw other("its rows are not those that were measured: it was edited or damaged");
  try {
    rows_ = record["rows"].get<std::vector<std::vector<double>>>();
  } catch (const nlohmann::json::exception&) {
    throw other("is no record of a measurement");
  }
}

void MeasurementRecord::save(const std::vector<std::vector<double>>& rows, const Host& host) {
  if (path_.empty()) return;
  rows_ = rows;
  const ordered_json record{
      {"options", options_.json()}, {"rows_hash", rows_hash(rows_)}, {"rows", rows_}};
  OutputFile file(path_);
  file.write(json_text(record));
  Descriptor locked = file.lock();
  file.commit();
  lock_ = std::move(locked);
  if (host.resumable) host.resumable();
}

MeasurementRecord::~MeasurementRecord() {
  if (rows_.empty()) unlink_own();
}

/// Not what another process has put there since.
void MeasurementRecord::unlink_own() const {
  if (is_at(path_, lock_)) ::unlink(path_.c_str());
}

}  // namespace bitloom::pipelines
