#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/explore/database.h"
#include "pipelines/explore/evaluator.h"
#include "reports/results/exploration.h"

namespace bitloom::pipelines {

/// What a store says of its space, so that its points can be read without it.
struct StoreAbout {
  std::string version, engine, fingerprint;
  std::string space_path, space_text;
  std::string technology = {};  // of the energy constants; empty: nobody says
  std::vector<hardware::VariedKey> knobs;
  std::vector<Metric> metrics;
  std::vector<std::size_t> objectives;  // metrics, by index

  search::Grid grid() const;
};

StoreAbout about_of(const Space& space);

/// Points of one space in a file of SQLite (docs/guide/exploration.md tells its tables). A process
/// that is killed leaves every batch that it added whole. Several may add to it at a time.
class Store {
 public:
  /// The store at `path` to add points to; made where there is none, or where that has no points
  /// and is of another space or version. A UserError where its points are.
  static Store open(const std::string& path, const StoreAbout& about);
  /// A store that is there, to read.
  static Store read(const std::string& path);

  const StoreAbout& about() const { return about_; }
  const std::string& path() const { return database_->path(); }
  /// How many points it has.
  std::int64_t size();
  /// All in one transaction; those that are there stay as they are. A UserError where another
  /// process has taken the store over for another space.
  void add(const std::vector<Evaluated>& points);
  /// A run that adds points, or has added all of its points. The same again is no other run, and
  /// one that has ended remains so: it has no points left to add.
  void add_run(const reports::ExploredRun& run);
  /// The runs that added points.
  std::vector<reports::ExploredRun> runs();
  /// From here on it is read as it is now, whatever another process adds.
  void hold_still();
  /// Whether a run of it still adds points, or was ended before its time.
  bool is_unfinished();
  std::optional<Evaluated> find(std::int64_t point);
  /// Every point, by number.
  void for_each(const std::function<void(const Evaluated&)>& visit);
  /// Ends what SQLite keeps beside the file while it is written. It stays there where another
  /// process has the file open, and is part of the store.
  void finish();

 private:
  Store(std::unique_ptr<Database> database, StoreAbout about);
  void create_tables();
  void require_own_space();
  void read_refusals();
  void prepare_find();
  std::int64_t refusal_id(const std::string& text);
  const std::string& refusal_text(std::int64_t id);
  Evaluated row_of(const Statement& row);

  std::unique_ptr<Database> database_;
  StoreAbout about_;
  search::Grid grid_;
  std::map<std::string, std::int64_t> refusals_;
  std::map<std::int64_t, std::string> refusal_texts_;
  std::optional<Statement> find_, insert_;
};

}  // namespace bitloom::pipelines
