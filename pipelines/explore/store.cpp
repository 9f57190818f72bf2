#include "pipelines/explore/store.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/numbers.h"
#include "pipelines/explore/store_about.h"

namespace bitloom::pipelines {
namespace {

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

/// The columns in their order: point, knobs, why it was refused, costs.
std::string insert_text(const StoreAbout& about) {
  std::string places = "?";
  for (std::size_t i = 0; i < about.knobs.size() + 1 + about.metrics.size(); ++i) places += ", ?";
  return fmt::format("INSERT OR IGNORE INTO points VALUES({})", places);
}

std::string select_text(const StoreAbout& about, const std::string& rest) {
  std::vector<std::string> metrics;
  for (const Metric& metric : about.metrics) metrics.push_back(quoted(metric.column));
  return fmt::format("SELECT point, refusal, {} FROM points {}", fmt::join(metrics, ", "), rest);
}

void bind_value(Statement& statement, int place, const std::string& text) {
  if (const auto whole = parse_integer(text))
    statement.bind(place, *whole);
  else if (const auto real = parse_real(text))
    statement.bind(place, *real);
  else
    statement.bind(place, text);
}

bool differ(const StoreAbout& one, const StoreAbout& other) {
  return one.version != other.version || one.fingerprint != other.fingerprint;
}

/// Takes the tables out of a store that has no points. False where it has some.
bool clear_if_empty(Database& database) {
  Transaction transaction(database);
  {
    Statement points(database, "SELECT EXISTS(SELECT 1 FROM points)");
    if (points.step() && points.integer(0) != 0) return false;
  }
  for (const char* table : {"points", "refusals", "runs", "about"})
    database.execute(fmt::format("DROP TABLE {}", table));
  transaction.commit();
  return true;
}

}  // namespace

search::Grid StoreAbout::grid() const {
  std::vector<std::size_t> counts;
  for (const hardware::VariedKey& knob : knobs) counts.push_back(knob.values.size());
  return search::Grid(std::move(counts));
}

StoreAbout about_of(const Space& space) {
  return {.version = BITLOOM_VERSION,
          .engine = std::string(sim::analytic().name),
          .fingerprint = space.fingerprint,
          .space_path = space.path,
          .space_text = space.text,
          .technology = space.technology,
          .knobs = space.knobs(),
          .metrics = space.metrics,
          .objectives = space.objectives};
}

Store::Store(std::unique_ptr<Database> database, StoreAbout about)
    : database_(std::move(database)), about_(std::move(about)), grid_(about_.grid()) {}

Store Store::open(const std::string& path, const StoreAbout& about) {
  auto database = std::make_unique<Database>(path, Database::Access::kCreate);
  auto is = read_about(*database);
  if (is && differ(*is, about) && clear_if_empty(*database)) is.reset();
  if (is) require_same(path, *is, about);
  database->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  StoreAbout known = about;
  if (is) {
    known.space_path = is->space_path;
    known.space_text = is->space_text;
  }
  Store store(std::move(database), std::move(known));
  if (!is) store.create_tables();
  store.read_refusals();
  store.prepare_find();
  store.insert_.emplace(*store.database_, insert_text(store.about_));
  return store;
}

Store Store::read(const std::string& path) {
  auto database = std::make_unique<Database>(path, Database::Access::kRead);
  auto about = read_about(*database);
  if (!about) throw UserError(path + ": is no store of bitloom explore: it is empty");
  Store store(std::move(database), std::move(*about));
  store.read_refusals();
  store.prepare_find();
  return store;
}

void Store::prepare_find() { find_.emplace(*database_, select_text(about_, "WHERE point = ?")); }

void Store::create_tables() {
  std::string columns = "point INTEGER PRIMARY KEY";
  for (const hardware::VariedKey& knob : about_.knobs) columns += ", " + quoted(knob.key);
  columns += ", refusal INTEGER REFERENCES refusals(id)";
  for (const Metric& metric : about_.metrics) columns += ", " + quoted(metric.column) + " REAL";
  Transaction transaction(*database_);
  if (const auto is = read_about(*database_))  // another process was first
    return require_same(path(), *is, about_);
  write_about(*database_, about_);
  database_->execute("CREATE TABLE refusals(id INTEGER PRIMARY KEY, reason TEXT UNIQUE)");
  database_->execute(fmt::format("CREATE TABLE points({})", columns));
  database_->execute(
      "CREATE TABLE runs(strategy TEXT, seed TEXT, evaluations INTEGER, shard INTEGER, "
      "shards INTEGER, ended INTEGER, UNIQUE(strategy, seed, evaluations, shard, shards))");
  transaction.commit();
}

void Store::read_refusals() {
  Statement rows(*database_, "SELECT id, reason FROM refusals");
  while (rows.step()) {
    refusals_[rows.text(1)] = rows.integer(0);
    refusal_texts_[rows.integer(0)] = rows.text(1);
  }
}

std::int64_t Store::refusal_id(const std::string& text) {
  const auto found = refusals_.find(text);
  if (found != refusals_.end()) return found->second;
  Statement(*database_, "INSERT OR IGNORE INTO refusals(reason) VALUES(?)").bind(1, text).run();
  read_refusals();  // another process may have added it, and others
  return refusals_.at(text);
}

const std::string& Store::refusal_text(std::int64_t id) {
  if (refusal_texts_.count(id) == 0) read_refusals();
  const auto found = refusal_texts_.find(id);
  if (found == refusal_texts_.end()) throw database_->damaged();
  return found->second;
}

std::int64_t Store::size() {
  Statement count(*database_, "SELECT count(*) FROM points");
  return count.step() ? count.integer(0) : 0;
}

void Store::require_own_space() {
  const auto is = read_about(*database_);
  if (!is) throw database_->damaged();
  require_same(path(), *is, about_);
}

void Store::add(const std::vector<Evaluated>& points) {
  Transaction transaction(*database_);
  require_own_space();
  for (const Evaluated& each : points) {
    int place = 1;
    insert_->bind(place++, each.point);
    const search::Choices choices = grid_.choices(each.point);
    for (std::size_t knob = 0; knob < choices.size(); ++knob)
      bind_value(*insert_, place++, about_.knobs[knob].values[choices[knob]]);
    if (each.refusal.empty())
      insert_->bind_null(place++);
    else
      insert_->bind(place++, refusal_id(each.refusal));
    for (std::size_t metric = 0; metric < about_.metrics.size(); ++metric)
      if (each.refusal.empty())
        insert_->bind(place++, each.metrics[metric]);
      else
        insert_->bind_null(place++);
    insert_->run();
  }
  transaction.commit();
}

void Store::add_run(const reports::ExploredRun& run) {
  Statement(*database_,
            "INSERT INTO runs VALUES(?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET ended = max(ended, excluded.ended)")
      .bind(1, run.strategy)
      .bind(2, run.seed.value_or(""))
      .bind(3, run.evaluations)
      .bind(4, run.shard)
      .bind(5, run.shards)
      .bind(6, std::int64_t{run.has_ended})
      .run();
}

std::vector<reports::ExploredRun> Store::runs() {
  std::vector<reports::ExploredRun> runs;
  Statement rows(*database_, "SELECT strategy, seed, evaluations, shard, shards, ended FROM runs");
  while (rows.step()) {
    runs.push_back({.strategy = rows.text(0),
                    .seed = {},
                    .evaluations = rows.integer(2),
                    .shard = rows.integer(3),
                    .shards = rows.integer(4),
                    .has_ended = rows.integer(5) != 0});
    if (!rows.text(1).empty()) runs.back().seed = rows.text(1);
  }
  return runs;
}

void Store::hold_still() { database_->execute("BEGIN"); }

bool Store::is_unfinished() {
  Statement runs(*database_, "SELECT EXISTS(SELECT 1 FROM runs WHERE ended = 0)");
  return runs.step() && runs.integer(0) != 0 && size() < grid_.size();
}

Evaluated Store::row_of(const Statement& row) {
  Evaluated result{row.integer(0), "", {}};
  if (result.point < 0 || result.point >= grid_.size().value_or(0)) throw database_->damaged();
  if (!row.is_null(1)) {
    result.refusal = refusal_text(row.integer(1));
    return result;
  }
  for (std::size_t metric = 0; metric < about_.metrics.size(); ++metric)
    result.metrics.push_back(row.real(static_cast<int>(metric) + 2));
  for (const std::size_t objective : about_.objectives)
    if (std::isnan(result.metrics[objective])) throw database_->damaged();
  return result;
}

std::optional<Evaluated> Store::find(std::int64_t point) {
  find_->bind(1, point);
  if (!find_->step()) return std::nullopt;
  Evaluated found = row_of(*find_);
  if (find_->step()) throw database_->damaged();  // it is there once
  return found;
}

void Store::for_each(const std::function<void(const Evaluated&)>& visit) {
  Statement rows(*database_, select_text(about_, "ORDER BY point"));
  while (rows.step()) visit(row_of(rows));
}

void Store::finish() { database_->execute_unless_busy("PRAGMA journal_mode = DELETE"); }

}  // namespace bitloom::pipelines
