#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace bitloom::pipelines {

class Database;

/// A prepared statement, its values bound by place from 1 and its columns read by place from 0.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  Statement& bind(int place, std::int64_t value);
  Statement& bind(int place, double value);  // what is no number is stored as null
  Statement& bind(int place, std::string_view value);
  Statement& bind_null(int place);
  /// Whether there is a row; false at the end, which makes the statement ready to run again.
  bool step();
  /// Runs a statement without rows, to be bound and run again.
  void run();

  std::int64_t integer(int column) const;
  double real(int column) const;  // null is no number
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Database& database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A file of SQLite. Whatever goes wrong is a UserError of kind kResource on one line,
/// `store.db: reason`.
class Database {
 public:
  enum class Access { kRead, kWrite, kCreate };
  /// kCreate makes the file where there is none.
  Database(std::string path, Access access);
  void execute(const std::string& sql);
  /// False where another process that has the file open is in the way.
  bool execute_unless_busy(const std::string& sql);
  /// What it holds cannot have been written by this program.
  UserError damaged() const;
  const std::string& path() const { return path_; }

 private:
  friend class Statement;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  void require(int code, int wanted) const;
  [[noreturn]] void complain(int code) const;

  std::string path_;
  std::unique_ptr<sqlite3, Close> database_;
};

/// All that is written while it lives, or nothing of it.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {
    database_.execute("BEGIN IMMEDIATE");
  }
  ~Transaction();
  void commit();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

 private:
  Database& database_;
  bool is_open_ = true;
};

}  // namespace bitloom::pipelines
