#include "pipelines/explore/store_about.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_value.h"

namespace bitloom::pipelines {
namespace {

constexpr std::int64_t kApplication = 0x626c6f6d;  // "blom"
constexpr std::int64_t kTables = 3;                // goes up where the tables change

using Json = nlohmann::ordered_json;

Json columns_json(const StoreAbout& about) {
  Json json;
  for (const hardware::VariedKey& knob : about.knobs)
    json["knobs"].push_back({{"key", knob.key}, {"values", knob.values}});
  for (const Metric& metric : about.metrics)
    json["metrics"].push_back({{"column", metric.column},
                               {"objective", metric.objective},
                               {"is_of_chip", metric.is_of_chip},
                               {"more_is_better", metric.more_is_better}});
  json["objectives"] = about.objectives;
  return json;
}

void read_columns(const JsonValue& json, const UserError& damaged, StoreAbout& about) {
  for (const JsonValue& knob : json.at("knobs").items()) {
    about.knobs.push_back({knob.at("key").text(), {}});
    for (const JsonValue& value : knob.at("values").items())
      about.knobs.back().values.push_back(value.text());
    if (about.knobs.back().values.empty()) throw damaged;
  }
  for (const JsonValue& metric : json.at("metrics").items())
    about.metrics.push_back({metric.at("column").text(), metric.at("objective").text(),
                             metric.at("is_of_chip").boolean(),
                             metric.at("more_is_better").boolean()});
  for (const JsonValue& objective : json.at("objectives").items())
    about.objectives.push_back(static_cast<std::size_t>(
        objective.integer(0, static_cast<std::int64_t>(about.metrics.size()) - 1)));
}

std::int64_t pragma(Database& database, const char* name) {
  Statement statement(database, fmt::format("PRAGMA {}", name));
  return statement.step() ? statement.integer(0) : 0;
}

}  // namespace

void write_about(Database& database, const StoreAbout& about) {
  database.execute(fmt::format("PRAGMA application_id = {}", kApplication));
  database.execute(fmt::format("PRAGMA user_version = {}", kTables));
  database.execute("CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL)");
  Statement insert(database, "INSERT INTO about VALUES(?, ?)");
  const std::pair<const char*, std::string> rows[] = {
      {"version", about.version},        {"engine", about.engine},
      {"space_hash", about.fingerprint}, {"space_file", about.space_path},
      {"space", about.space_text},       {"columns", json_text(columns_json(about))},
      {"technology", about.technology}};
  for (const auto& [name, value] : rows) insert.bind(1, name).bind(2, value).run();
}

std::optional<StoreAbout> read_about(Database& database) {
  const auto refuse = [&](std::string_view why) {
    throw UserError(fmt::format("{}: {}", database.path(), why));
  };
  Statement tables(database, "SELECT count(*) FROM sqlite_master");
  if (tables.step() && tables.integer(0) == 0) return std::nullopt;
  if (pragma(database, "application_id") != kApplication)
    refuse("is a database, but no store of bitloom explore: name another file");
  if (pragma(database, "user_version") != kTables)
    refuse("was written by another version of bitloom, whose tables differ: name another file");
  StoreAbout about;
  std::string columns;
  std::map<std::string, std::string*> wanted{
      {"version", &about.version},        {"engine", &about.engine},
      {"space_hash", &about.fingerprint}, {"space_file", &about.space_path},
      {"space", &about.space_text},       {"columns", &columns},
      {"technology", &about.technology}};
  Statement rows(database, "SELECT name, value FROM about");
  while (rows.step())
    if (const auto found = wanted.find(rows.text(0)); found != wanted.end())
      *found->second = rows.text(1);
  read_columns(JsonValue::parse(columns, database.path()), database.damaged(), about);
  return about;
}

void require_this_version(const std::string& path, const StoreAbout& is) {
  if (is.version != BITLOOM_VERSION)
    throw UserError(fmt::format("{}: was written by bitloom {}, this is {}: name another file",
                                path, is.version, BITLOOM_VERSION));
}

void require_same(const std::string& path, const StoreAbout& is, const StoreAbout& wanted) {
  require_this_version(path, is);
  if (is.fingerprint != wanted.fingerprint)
    throw UserError(fmt::format(
        "{}: holds points of another space ({}{}): name another file", path, is.space_path,
        is.space_text == wanted.space_text   ? ", whose hardware or networks have changed"
        : is.space_path == wanted.space_path ? ", which has changed"
                                             : ""));
}

}  // namespace bitloom::pipelines
